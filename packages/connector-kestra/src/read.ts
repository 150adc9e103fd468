import type { ReadOptions, SourceEvent } from '@flowmeta/connector';
import { createLineageBook } from './lineage/lineage-book.js';
import type { FlowIndex, ReadContext } from './read-context.js';
import { readPipelines } from './read-pipelines.js';
import { readRuns } from './read-runs.js';

/** One read: the pipelines in the order of the listing, `listed`, the lineage, the runs, and a checkpoint. */
export async function* readEvents(options: ReadOptions, context: ReadContext): AsyncGenerator<SourceEvent> {
  const { client, selection, signal } = context;
  if (selection.namespaces?.length === 0) {
    yield {
      kind: 'warning',
      message: 'The namespaces that were asked for are none of those in the config: nothing is read.',
    };
    return;
  }
  const server = await client.server({ signal });
  for (const message of server.warnings) yield { kind: 'warning', message };
  const index: FlowIndex = new Map();
  const isYielded = options.pipelines !== false;
  const reading = {
    ...context,
    server,
    index,
    // Of a part of the definitions nothing could be said: without pipelines there is no lineage either.
    ...(isYielded && options.lineage !== false && { lineage: createLineageBook() }),
  };
  yield* readPipelines({ ...reading, isYielded });
  if (options.runs === false) return;
  yield* readRuns({ ...reading, since: options.since, until: options.until });
}
