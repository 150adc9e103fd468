import { type Capabilities, goneMark, isGoneMark, originalName } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import type { OmPipeline } from '../client/entities.js';
import { OpenMetadataError } from '../client/error.js';
import type { OwnPipeline, Sink, SinkFinding } from '../types.js';
import { type CatalogIndex, type KnownPipeline, toKnown } from './catalog-index.js';

export interface DeletionContext {
  client: OmClient;
  index: CatalogIndex;
  capabilities: Capabilities;
  /** Name of the user that is signed in. */
  user: string;
}

/**
 * Soft-deletes pipelines so that a later run knows them as deleted by Flowmeta: the mark comes first, and with it the name of who
 * changed the pipeline last tells a run that broke off in between from a person who restored it.
 */
export function createPipelineRemover(context: DeletionContext) {
  const { client, index, capabilities, user } = context;

  const isFree = ({ hash, deleted, created, updatedBy }: KnownPipeline): boolean =>
    hash !== undefined && !deleted && !created && (!isGoneMark(hash) || updatedBy === user);

  const read = async (fqn: string): Promise<{ current: OmPipeline; known: KnownPipeline } | undefined> => {
    const current = await client.getPipeline(fqn);
    return current === undefined ? undefined : { current, known: toKnown(current, capabilities) };
  };

  return {
    *own(): Generator<OwnPipeline> {
      for (const known of index.all()) {
        const { fqn, namespace, sourceUrl } = known;
        const name = originalName(known.name);
        if (name === undefined || !isFree(known)) continue;
        yield {
          name,
          fqn,
          ...(namespace === undefined ? {} : { namespace }),
          ...(sourceUrl === undefined ? {} : { sourceUrl }),
        };
      }
    },

    async remove(fqn: string): ReturnType<Sink['removePipeline']> {
      const before = await read(fqn);
      if (before === undefined) return { outcome: 'kept', findings: [] };
      const mark = goneMark(before.current, capabilities);
      if (mark === undefined || !isFree(before.known)) {
        index.set(before.current.name, before.known);
        return { outcome: 'kept', findings: [] };
      }
      if (before.current[mark.field] !== mark.value) {
        await client.patchPipeline(before.current.id, [{ op: 'replace', path: `/${mark.field}`, value: mark.value }]);
        const marked = await read(fqn);
        if (marked === undefined || marked.current[mark.field] !== mark.value) {
          return { outcome: 'failed', findings: [unmarked(fqn)] };
        }
      }
      await client.deletePipeline(before.current.id);
      index.set(before.current.name, { ...before.known, deleted: true });
      return { outcome: 'deleted', findings: [] };
    },
  };
}

const unmarked = (fqn: string): SinkFinding => ({
  ref: fqn,
  message:
    'It was not deleted, because OpenMetadata did not store the mark by which a later run would know who deleted it',
});

/** Whether it was Flowmeta that soft-deleted a pipeline which is soft-deleted, under whichever bot. */
export async function isOwnDeletion(
  { hash, updatedBy }: KnownPipeline,
  { client, user }: Pick<DeletionContext, 'client' | 'user'>,
): Promise<boolean> {
  if (hash === undefined || !isGoneMark(hash) || updatedBy === undefined) return false;
  return updatedBy === user || (await client.findUser(updatedBy))?.isBot === true;
}

/** Brings a soft-deleted pipeline back, runs and all; one that somebody else has brought back by now stays as it is. */
export async function restore(known: KnownPipeline, client: OmClient): Promise<void> {
  try {
    await client.restorePipeline(known.id);
  } catch (error) {
    // For one that is not deleted there are a 404 and a 500.
    if (!(error instanceof OpenMetadataError) || error.verdict === 'fatal') throw error;
    const current = await client.getPipeline(known.fqn);
    if (current === undefined || current.deleted === true) throw error;
  }
}
