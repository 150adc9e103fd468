import { decodeProperty } from '@flowmeta/kestra-client';
import type { Redactor } from '@flowmeta/redact';

/** What things are known by, and SQL, which is to be read as it is written; what comes of it is redacted later. */
const asWritten = new Set([
  'id',
  'namespace',
  'flowId',
  'type',
  'taskId',
  'sql',
  'sqls',
  'statements',
  'afterSQL',
  'query',
]);

/**
 * A flow, a task or a run whose texts have lost their secrets before names are made of them: a piece of a url with a password in it
 * no longer looks like one.
 */
export function openTexts<T extends object>(item: T, { text }: Pick<Redactor, 'text'>): T {
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return asWritten.has(key) ? value : ofText(value);
    if (Array.isArray(value)) return value.map((inner) => walk(inner, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, name)]));
  };
  const ofText = (found: string): string => {
    const decoded = decodeProperty(found);
    if (typeof decoded === 'string') return text(found);
    const open = JSON.stringify(walk(decoded, ''));
    return open === JSON.stringify(decoded) ? found : open;
  };
  return walk(item, '') as T;
}
