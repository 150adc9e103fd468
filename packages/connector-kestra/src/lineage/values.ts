import { decodeProperty } from '@flowmeta/kestra-client';

export type Properties = Record<string, unknown>;

/** A mapping, also one that is JSON in a string; empty for anything else. */
export function asProperties(value: unknown): Properties {
  const decoded = decodeProperty(value);
  return typeof decoded === 'object' && decoded !== null && !Array.isArray(decoded) ? (decoded as Properties) : {};
}

/** The mappings of a list, or the members of a mapping of mappings; also where they are JSON in a string. */
export function asPropertiesList(value: unknown): Properties[] {
  const decoded = decodeProperty(value);
  const members = Array.isArray(decoded) ? decoded : Object.values(asProperties(decoded));
  return members.filter((member) => typeof member === 'object' && member !== null) as Properties[];
}

/** A text that says something. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Texts of a list, or the single text; numbers count as text, as YAML has them. */
export function asTexts(value: unknown): string[] {
  const decoded = decodeProperty(value);
  const members = Array.isArray(decoded) ? decoded : [decoded];
  return members.flatMap((member) => (typeof member === 'number' ? [String(member)] : (asText(member) ?? [])));
}

/** Whether only Kestra can say what a value is. */
export const isTemplate = (text: string): boolean => /\{\{|\{%/.test(text);
