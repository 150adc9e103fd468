import type { ReadOptions, SourceEvent } from '@flowmeta/connector';
import { createDatasetBook } from './datasets/dataset-book.js';
import { earlierRevisions } from './earlier-revisions.js';
import { createLineageBook } from './lineage/lineage-book.js';
import type { FlowIndex, ReadContext } from './read-context.js';
import { readPipelines } from './read-pipelines.js';
import { readRuns } from './read-runs.js';
import { readSingle } from './read-single.js';

/**
 * One read: the pipelines in the order of the listing, `listed`, the lineage between them, the runs, the lineage of datasets, which runs
 * may tell better than definitions, `linked`, and a checkpoint.
 */
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
  const scope = JSON.stringify([selection.namespaces ?? [], options.shard]);
  const isSame = options.sameDefinitions === true && options.pipelines === false && options.only === undefined;
  const known = isSame ? context.definitions.get(scope) : undefined;
  if (known === undefined) for (const message of server.warnings) yield { kind: 'warning', message };
  const index: FlowIndex = known ?? new Map();
  if (options.only !== undefined) {
    const { since, until, only } = options;
    const reading = { ...context, server, index, isYielded: true, withGraph: options.taskGraph !== false };
    yield* readSingle(only, { ...reading, known: undefined, since, until });
    return;
  }
  const isYielded = options.pipelines !== false;
  const withGraph = isYielded && options.taskGraph !== false;
  // Of a part of the definitions nothing could be said: without all pipelines there is no lineage either.
  const hasLineage = isYielded && options.lineage !== false && options.shard === undefined;
  const datasets = hasLineage ? createDatasetBook(context.redactor) : undefined;
  const reading = {
    ...context,
    server,
    index,
    ...(hasLineage && { lineage: createLineageBook() }),
    ...(datasets && { datasets }),
    ...(options.shard && { shard: options.shard }),
  };
  let linked: Extract<SourceEvent, { kind: 'linked' }> | undefined;
  let checkpoint: SourceEvent | undefined;
  if (known === undefined) {
    for await (const event of readPipelines({ ...reading, isYielded, withGraph, known: options.known })) {
      if (event.kind === 'linked') linked = event;
      else yield event;
    }
    context.definitions.set(scope, index);
  }
  if (options.runs !== false) {
    const { since, until, earlierRevisions: limit = 0 } = options;
    const earlier = limit > 0 ? earlierRevisions(client, { limit, signal }) : undefined;
    for await (const event of readRuns({
      ...reading,
      since,
      until,
      incremental: options,
      ...(earlier && { earlier }),
    })) {
      if (event.kind === 'checkpoint') checkpoint = event;
      else yield event;
    }
    if (earlier?.isExhausted) {
      const message = `Runs of more than ${limit} earlier revisions: of the others, only the tasks that are still there have a type.`;
      yield { kind: 'warning', message };
    }
  }
  if (datasets) yield* datasets.resolve();
  if (linked) yield { ...linked, ...exceptions(linked.except, datasets?.incomplete() ?? []) };
  if (checkpoint) yield checkpoint;
}

type Except = Extract<SourceEvent, { kind: 'linked' }>['except'];

function exceptions(except: Except, datasets: string[]): { except?: NonNullable<Except> } {
  if (datasets.length === 0) return except === undefined ? {} : { except };
  return { except: { from: [], into: [], ...except, datasets } };
}
