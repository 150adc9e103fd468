import { decodeProperty } from '@flowmeta/kestra-client';
import type { Properties } from '../lineage/values.js';
import type { TaskRow } from './task-catalogue.js';

const mostTexts = 1_000;
const deepest = 12;
const longestText = 10_000;

/** Properties that hold other tasks, or say nothing about data. */
const notCarrying = new Set([
  'id',
  'type',
  'description',
  'assets',
  'runIf',
  'when',
  'errors',
  'finally',
  'labels',
  'conditions',
]);

/**
 * The texts of a task that may carry data from elsewhere, as written: of a known type, its properties that are for that, with plain names
 * of files; of any other, every text with a template.
 */
export function carriedTexts(properties: Properties, row: TaskRow | undefined, files: readonly string[]): string[] {
  const found = new Set<string>();
  if (row === undefined) {
    for (const [key, value] of Object.entries(properties))
      if (!notCarrying.has(key)) collect(value, found, { onlyTemplates: true });
    return [...found];
  }
  for (const key of ['from', 'inputFiles', ...(row.takes ?? [])]) {
    const value = decodeProperty(own(properties, key));
    // In a mapping such as `from: {bucket, key}` stand other things than names of files.
    const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
    collect(value, found, { onlyTemplates: isMapping && key !== 'inputFiles' });
  }
  for (const key of row.sql ?? []) collect(own(properties, key), found, { onlyTemplates: true });
  for (const file of files.slice(0, mostTexts)) found.add(file);
  return [...found];
}

const own = (properties: Properties, key: string): unknown =>
  Object.hasOwn(properties, key) ? properties[key] : undefined;

function collect(value: unknown, found: Set<string>, options: { onlyTemplates: boolean }, depth = 0): void {
  if (found.size >= mostTexts || depth > deepest) return;
  const decoded = decodeProperty(value);
  if (typeof decoded === 'string') {
    const hasTemplate = decoded.includes('{{') || decoded.includes('{%');
    if (decoded === '' || (options.onlyTemplates && !hasTemplate)) return;
    found.add(decoded.length > longestText ? templatesOf(decoded) : decoded);
  } else if (Array.isArray(decoded)) {
    for (const member of decoded.slice(0, mostTexts)) collect(member, found, options, depth + 1);
  } else if (typeof decoded === 'object' && decoded !== null && !isTask(decoded)) {
    for (const member of Object.values(decoded)) collect(member, found, options, depth + 1);
  }
}

/** Children of a flowable carry what they carry by themselves. */
const isTask = (value: object): boolean =>
  ('id' in value && 'type' in value && typeof value.type === 'string' && value.type.includes('.')) || 'task' in value;

/** Of a long text, what can name another task's data. */
const templatesOf = (text: string): string =>
  [...text.matchAll(/\{[{%][^{}]{0,1000}[%}]\}/g)]
    .slice(0, mostTexts)
    .map(([template]) => template)
    .join(' ');
