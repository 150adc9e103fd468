import { isDeepStrictEqual } from 'node:util';
import type { Json } from './entities.js';

/** Why a patch does not apply, in the words of the server's library. */
export class PatchFailure extends Error {}

interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

const unescapeToken = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

/** The object or array that holds the last part of a path, and that part. */
function locate(document: Json, path: string): { holder: Json | unknown[]; key: string } {
  const parts = path.split('/').slice(1).map(unescapeToken);
  const key = parts.pop();
  if (key === undefined) throw new PatchFailure('The whole document can not be replaced');
  let holder: unknown = document;
  for (const part of parts) {
    const next = (holder as Json)[part];
    if (typeof next !== 'object' || next === null) {
      throw new PatchFailure(`'${JSON.stringify(document)}' contains no value for name '${part}'`);
    }
    holder = next;
  }
  return { holder: holder as Json | unknown[], key };
}

function read(document: Json, path: string): unknown {
  const { holder, key } = locate(document, path);
  return (holder as Json)[key];
}

function add(document: Json, path: string, value: unknown): void {
  const { holder, key } = locate(document, path);
  if (!Array.isArray(holder)) {
    holder[key] = value;
    return;
  }
  const index = key === '-' ? holder.length : Number(key);
  if (!Number.isInteger(index) || index < 0 || index > holder.length) {
    throw new PatchFailure(`Array index is out of bounds: ${key}`);
  }
  holder.splice(index, 0, value);
}

function remove(document: Json, path: string): unknown {
  const { holder, key } = locate(document, path);
  const value = (holder as Json)[key];
  if (value === undefined) throw new PatchFailure(`Non-existing name/value pair in the object for key ${key}`);
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  return value;
}

function apply(document: Json, operation: Operation): void {
  const { op, path, from = '', value } = operation;
  if (['add', 'replace', 'test'].includes(op) && value === undefined) {
    throw new PatchFailure(`The JSON Patch operation '${op}' must contain a 'value' member`);
  }
  if (op === 'add') add(document, path, value);
  else if (op === 'remove') remove(document, path);
  else if (op === 'replace') {
    remove(document, path);
    add(document, path, value);
  } else if (op === 'move') add(document, path, remove(document, from));
  else if (op === 'copy') add(document, path, structuredClone(read(document, from)));
  else if (op === 'test') {
    if (!isDeepStrictEqual(read(document, path), value)) {
      throw new PatchFailure('JsonPatch.Operation.TEST fails! Values are not equal');
    }
  } else throw new PatchFailure(`Illegal value for the op member of the JSON patch operation: ${op}`);
}

/** Applies a JSON Patch (RFC 6902) to a copy of a document. Throws a `PatchFailure` where it does not apply. */
export function applyJsonPatch(document: Json, patch: unknown[]): Json {
  const result = structuredClone(document);
  for (const operation of patch) apply(result, operation as Operation);
  return result;
}
