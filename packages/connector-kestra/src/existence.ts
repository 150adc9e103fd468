import type { EarlierPipeline } from '@flowmeta/connector';
import type { KestraClient } from '@flowmeta/kestra-client';
import { flowUrl } from './links.js';
import { pipelineName } from './pipeline-name.js';

type Flow = { namespace: string; id: string };

/** The flow behind a pipeline's name; `undefined` where the name doesn't tell which part of it is the namespace. */
function flowOf({ name, namespace }: EarlierPipeline): Flow | undefined {
  if (namespace === undefined) return undefined;
  const id = name.slice(pipelineName(namespace, '').length);
  return id !== '' && name === pipelineName(namespace, id) ? { namespace, id } : undefined;
}

/**
 * Whether a pipeline came from this server and tenant: its link is the one that it would have today. A server that is reached under
 * another address since then is taken for another one.
 */
export async function ownsPipeline(
  client: Pick<KestraClient, 'server'>,
  pipeline: EarlierPipeline,
  options: { signal: AbortSignal },
): Promise<boolean> {
  const flow = flowOf(pipeline);
  if (flow === undefined || pipeline.sourceUrl === undefined) return false;
  return sameUrl(flowUrl(await client.server(options), flow), pipeline.sourceUrl);
}

const sameUrl = (one: string, other: string): boolean =>
  one === other || (URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href);

/** What Kestra answers when it is asked for this one flow. An error is thrown on: only a 404 says that there is none. */
export async function pipelineExists(
  client: Pick<KestraClient, 'flow'>,
  pipeline: EarlierPipeline,
  options: { signal: AbortSignal },
): Promise<'present' | 'absent' | 'unknown'> {
  const asked = flowOf(pipeline);
  if (asked === undefined) return 'unknown';
  const flow = await client.flow(asked.namespace, asked.id, options);
  return flow === undefined || flow.deleted ? 'absent' : 'present';
}
