import type { Capabilities } from './types.js';

/** A digest of a text: MD5 in base64url without padding, 22 characters. Passed in, since the mapper uses no platform API. */
export type Hash = (text: string) => string;

/** What Flowmeta left in a pipeline of the catalog: see the README. */
export interface SourceHash {
  /** Of the format. */
  version: number;
  /** Of the body that was written. */
  body: string;
  /** Of the description and display name that were written. */
  text: string;
}

const formatVersion = 1;
const bodyLength = 22;
const textLength = 7;
const hashPattern = /^fm(\d)([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{7})$/;
const locationPattern = /^(.*)#(fm\d[A-Za-z0-9_-]{29})$/s;

/** JSON with sorted keys, so that equal values have equal texts. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, nested: unknown) =>
    typeof nested === 'object' && nested !== null && !Array.isArray(nested)
      ? Object.fromEntries(Object.entries(nested).sort(([a], [b]) => (a < b ? -1 : 1)))
      : nested,
  );
}

/** The digest of a description and display name, 7 characters. Absent, null and empty count as the same. */
export function textHash(text: { description?: string | null; displayName?: string | null }, hash: Hash): string {
  return hash(canonicalJson([text.description ?? '', text.displayName ?? ''])).slice(0, textLength);
}

/** The 32 characters for a body: `fm1`, the digest of the body, the digest of its texts. */
export function sourceHashOf(
  body: { description?: string; displayName?: string },
  options: { hash: Hash; capabilities: Capabilities },
): string {
  const { hash, capabilities } = options;
  // Where the hash is kept is part of what is hashed: a pipeline written to a 1.2 server is written again, with the hash
  // in its own field, once the server has one.
  const place = capabilities.sourceHash ? 'sourceHash' : 'pipelineLocation';
  const bodyHash = hash(canonicalJson({ format: formatVersion, place, body })).slice(0, bodyLength);
  return `fm${formatVersion}${bodyHash}${textHash(body, hash)}`;
}

/** The parts of a source hash that Flowmeta wrote; `undefined` for any other text. */
export function readSourceHash(text: string): SourceHash | undefined {
  const match = hashPattern.exec(text);
  if (match === null) return undefined;
  return { version: Number(match[1]), body: match[2]!, text: match[3]! };
}

/** The `pipelineLocation` for servers without `sourceHash`: `namespace#fm1…`. */
export const locationWithHash = (namespace: string | undefined, sourceHash: string): string =>
  `${namespace ?? ''}#${sourceHash}`;

interface StoredPipeline {
  sourceHash?: string | null;
  pipelineLocation?: string | null;
}

/**
 * What Flowmeta left in a pipeline that the catalog returned, in whichever place: a pipeline that was written to a 1.2
 * server still has it in `pipelineLocation` after an upgrade. `undefined` means that somebody else wrote the pipeline.
 */
export function ownHashOf(entity: StoredPipeline, capabilities: Capabilities): SourceHash | undefined {
  const fromHash = capabilities.sourceHash ? readSourceHash(entity.sourceHash ?? '') : undefined;
  return fromHash ?? readSourceHash(locationPattern.exec(entity.pipelineLocation ?? '')?.[2] ?? '');
}

/** The namespace of a pipeline that the catalog returned: its `pipelineLocation` without a hash of ours. */
export function namespaceOf(entity: StoredPipeline): string | undefined {
  const location = entity.pipelineLocation ?? '';
  return (locationPattern.exec(location)?.[1] ?? location) || undefined;
}
