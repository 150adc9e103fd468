import { pipelineName } from '../pipeline-name.js';
import type { FlowName, FlowSelector } from './selector.js';

/**
 * A trigger that is set off by more flows than this without naming them is no dependency but an alarm: its edges would
 * cover up the others.
 */
export const mostMatches = 25;

/** Kestra's own housekeeping flows, which follow everything. */
const systemNamespace = 'system';

export interface Matches {
  /** Spelled out; they may not exist. */
  spelledOut: FlowName[];
  /** Those that exist and match otherwise. */
  others: FlowName[];
  /** It spells out its own flow. */
  isOwn: boolean;
  /** It asks for flows, and there are none: not even itself. */
  isInVain: boolean;
}

/** The flows that a trigger listens to, without its own. */
export function matchedFlows(
  { matches, names, spelledOut }: FlowSelector,
  { flows, listener }: { flows: Iterable<FlowName>; listener: FlowName },
): Matches {
  const isWanted = (flow: FlowName) => matches(flow) && names.some((test) => test(flow));
  const isOther = (flow: FlowName) => nameOf(flow) !== nameOf(listener);
  const asked = new Map(spelledOut.filter(isWanted).map((flow) => [nameOf(flow), flow]));
  const found = [...flows].filter(
    (flow) => flow.namespace !== systemNamespace && !asked.has(nameOf(flow)) && isWanted(flow),
  );
  return {
    spelledOut: [...asked.values()].filter(isOther),
    others: found.filter(isOther),
    isOwn: asked.has(nameOf(listener)),
    isInVain: names.length > 0 && asked.size + found.length === 0,
  };
}

const nameOf = ({ namespace, id }: FlowName): string => pipelineName(namespace, id);
