import { locationWithHash, namespaceOf, ownHashOf, readSourceHash, type SourceHash } from './source-hash.js';
import type { Capabilities } from './types.js';

/** The format version of a pipeline that Flowmeta is about to soft-delete, or has soft-deleted. No format of a body has it. */
const goneVersion = 0;

/** Whether Flowmeta wrote this hash when it called the pipeline gone. */
export const isGoneMark = ({ version }: SourceHash): boolean => version === goneVersion;

interface StoredPipeline {
  sourceHash?: string | null | undefined;
  pipelineLocation?: string | null | undefined;
}

/**
 * What says in the catalog that it is Flowmeta that takes this pipeline away: the hash that it left, as `fm0…`, in the field that
 * holds it. The digests stay, so that a pipeline that comes back still shows whose its texts are. `undefined` for a pipeline that
 * somebody else wrote.
 */
export function goneMark(
  entity: StoredPipeline,
  capabilities: Capabilities,
): { field: 'sourceHash' | 'pipelineLocation'; value: string } | undefined {
  const { sourceHash = null, pipelineLocation = null } = entity;
  const own = ownHashOf({ sourceHash, pipelineLocation }, capabilities);
  if (own === undefined) return undefined;
  const value = `fm${goneVersion}${own.body}${own.text}`;
  return capabilities.sourceHash && readSourceHash(sourceHash ?? '') !== undefined
    ? { field: 'sourceHash', value }
    : { field: 'pipelineLocation', value: locationWithHash(namespaceOf({ pipelineLocation }), value) };
}
