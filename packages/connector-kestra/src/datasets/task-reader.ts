import { decodeProperty } from '@flowmeta/kestra-client';
import type { TemplateValues } from '@flowmeta/sql-lineage';
import type { Properties } from '../lineage/values.js';
import { type RenderedText, renderText } from './rendering.js';

/** Names a property; members of mappings by dots, or as a list where a name itself has dots. */
export type PropertyPath = string | readonly string[];

/** The properties of one task, decoded and rendered. */
export interface TaskReader {
  type: string;
  values: TemplateValues;
  /** Decoded: lists and mappings that are JSON in a text are lists and mappings. Undefined where there is none. */
  value(path: PropertyPath): unknown;
  /** A text or a number, rendered. Undefined where there is none or it is empty. */
  text(path: PropertyPath): RenderedText | undefined;
  /** Texts of a list, or the only one, rendered. */
  texts(path: PropertyPath): RenderedText[];
}

/** No name is longer. */
const longestName = 10_000;
const longestList = 10_000;

export function taskReader(properties: Properties & { type: string }, values: TemplateValues): TaskReader {
  const value = (path: PropertyPath): unknown => {
    const keys = typeof path === 'string' ? path.split('.') : path;
    let found: unknown = properties;
    for (const key of keys) {
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
      found = decodeProperty((found as Properties)[key]);
    }
    return found ?? undefined;
  };
  const rendered = (found: unknown): RenderedText | undefined => {
    if (typeof found === 'number') return renderText(String(found), values);
    if (typeof found !== 'string' || found.length > longestName) return undefined;
    const text = renderText(found, values);
    return text.known && text.text.trim() === '' ? undefined : text;
  };
  return {
    type: properties.type,
    values,
    value,
    text: (path) => rendered(value(path)),
    texts(path) {
      const found = value(path);
      const members: unknown[] = Array.isArray(found) ? found.slice(0, longestList) : [found];
      return members.flatMap((member) => rendered(member) ?? []);
    },
  };
}
