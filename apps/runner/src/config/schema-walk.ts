import { z } from 'zod';
import type { Path } from './yaml-document.js';

/** An option of the schema that the value sets. */
export interface SetOption {
  path: Path;
  meta: Record<string, unknown>;
  value: unknown;
}

/** The options that a value sets, outermost first. What lies below an option with `stopAt` in its meta is left out. */
export function* setOptions(schema: z.ZodType, value: unknown, stopAt?: string, path: Path = []): Generator<SetOption> {
  if (value === undefined || value === null) return;
  const meta = metaOf(schema);
  yield { path, meta, value };
  if (stopAt !== undefined && stopAt in meta) return;
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject && typeof value === 'object') {
    for (const [key, option] of Object.entries(inner.shape)) {
      yield* setOptions(option as z.ZodType, (value as Record<string, unknown>)[key], stopAt, [...path, key]);
    }
  } else if (inner instanceof z.ZodUnion) {
    const option = inner.options.find((candidate) => (candidate as z.ZodType).safeParse(value).success);
    if (option) yield* setOptions(option as z.ZodType, value, stopAt, path);
  } else if (inner instanceof z.ZodArray && Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* setOptions(inner.element as z.ZodType, item, stopAt, [...path, index]);
    }
  }
}

/** The keys that an object at a path of the value may have. */
export function keysAt(schema: z.ZodType, value: unknown, path: Path): string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodUnion) {
    return inner.options.flatMap((option) => keysAt(option as z.ZodType, value, path));
  }
  const [head, ...rest] = path;
  if (head === undefined) return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
  const child = (value as Record<string | number, unknown> | undefined)?.[head];
  if (inner instanceof z.ZodObject) {
    const option = (inner.shape as Record<string, z.ZodType>)[head];
    return option ? keysAt(option, child, rest) : [];
  }
  return inner instanceof z.ZodArray ? keysAt(inner.element as z.ZodType, child, rest) : [];
}

/** The meta of a schema and of what it wraps: `.nullish()` after `.meta()` must not hide it. */
function metaOf(schema: z.ZodType): Record<string, unknown> {
  const wrapped = wrappedBy(schema);
  return { ...(wrapped ? metaOf(wrapped) : {}), ...z.globalRegistry.get(schema) };
}

function unwrap(schema: z.ZodType): z.ZodType {
  const wrapped = wrappedBy(schema);
  return wrapped ? unwrap(wrapped) : schema;
}

function wrappedBy(schema: z.ZodType): z.ZodType | undefined {
  if (schema instanceof z.ZodPipe) return schema.in as z.ZodType;
  const isWrapper =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch;
  return isWrapper ? (schema.unwrap() as z.ZodType) : undefined;
}
