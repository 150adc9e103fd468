import type { KestraLabel } from '../types.js';

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asString = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const asNumber = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

export const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The object without what is undefined, which the types tell apart from absent. */
export function present<T extends object>(value: { [Key in keyof T]: T[Key] | undefined }): T {
  const result = value as Record<string, unknown>;
  for (const key in result) if (result[key] === undefined) delete result[key];
  return result as T;
}

/** Labels are a list of key and value; a map is understood as well. */
export function readLabels(value: unknown): KestraLabel[] {
  if (Array.isArray(value)) {
    return value.flatMap((label) =>
      isObject(label) && typeof label.key === 'string' ? [{ key: label.key, value: String(label.value ?? '') }] : [],
    );
  }
  if (!isObject(value)) return [];
  return Object.entries(value).map(([key, inner]) => ({ key, value: String(inner ?? '') }));
}
