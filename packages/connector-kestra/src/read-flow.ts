import type { FailureStreak } from '@flowmeta/connector/reading';
import type { KestraClient, KestraFlow } from '@flowmeta/kestra-client';
import { taskTree } from './constructs.js';
import { definitionGraph } from './definition-graph.js';
import { flowFromSource } from './flow-source.js';
import { serverGraph } from './server-graph.js';
import type { TaskGraph } from './task-graph.js';

/** A flow as well as it could be read. */
export interface ReadFlow {
  flow: KestraFlow;
  graph: TaskGraph;
  /** Why this is less than the whole truth. */
  degraded?: string;
}

export interface FlowReading {
  client: KestraClient;
  /** Of the requests that complete flows. */
  requests: FailureStreak;
  /** Whether the server's own graph is wanted; without it, the graph follows from the definition. */
  withGraph: boolean;
  signal: AbortSignal;
}

/**
 * Completes a flow of the listing: with the graph that the server draws, or, where it draws none, with the one that
 * follows from the definition; for a flow that the server can't parse itself, from its YAML.
 *
 * @throws Error when neither is possible.
 */
export async function readFlow(
  listed: KestraFlow,
  { client, requests, withGraph, signal }: FlowReading,
): Promise<ReadFlow> {
  if (listed.exception !== undefined) return readBrokenFlow(listed, { client, requests, signal });
  const tree = taskTree(listed);
  if (!withGraph) return { flow: listed, graph: definitionGraph(tree) };
  const answer = await requests.guard(client.flowGraph(listed.namespace, listed.id, { signal }), (error) => ({
    ok: false as const,
    message: error.message,
    status: 0,
  }));
  if (answer.ok) return { flow: listed, graph: serverGraph(answer.graph, tree) };
  const said = firstLine(answer.message);
  const status = answer.status === 0 || said === `status ${answer.status}` ? '' : ` (status ${answer.status})`;
  return {
    flow: listed,
    graph: definitionGraph(tree),
    degraded: `Kestra could not draw the task graph${status}, so it was computed from the definition: ${said}`,
  };
}

async function readBrokenFlow(
  listed: KestraFlow,
  { client, requests, signal }: Omit<FlowReading, 'withGraph'>,
): Promise<ReadFlow> {
  const reason = `Kestra cannot parse this flow: ${firstLine(listed.exception ?? '')}`;
  // Asked for again although listings have one too: that of 0.20.5 is a stub of id and namespace.
  const whole = await requests.guard(client.flow(listed.namespace, listed.id, { signal }), () => undefined);
  const source = whole?.source ?? listed.source;
  if (source === undefined) throw new Error(`${reason} Its source is not to be had either.`);
  let flow: KestraFlow;
  try {
    flow = flowFromSource(source, listed);
  } catch (cause) {
    throw new Error(`${reason} Nor could its source be read: ${(cause as Error).message}`, { cause });
  }
  return { flow, graph: definitionGraph(taskTree(flow)), degraded: `${reason} It was read from its source.` };
}

const longestReason = 300;

/** Java's messages go on with the place in the JSON and the chain of causes, which helps nobody here. */
function firstLine(message: string): string {
  const line = message.trim().split('\n', 1)[0]!.trim();
  const short = line.length > longestReason ? `${line.slice(0, longestReason)}…` : line;
  return /[.!?…]$/.test(short) || short === '' ? short : `${short}.`;
}
