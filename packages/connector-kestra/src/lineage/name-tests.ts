import { type FlowName, filterOnly, named, oneFlow, type Selector } from './selector.js';
import { isTemplate } from './values.js';

export type NamePart = keyof FlowName;

/** One flow, a namespace, or every flow of an id, by what is there; a filter where neither is. */
export function byName(namespace: string | undefined, flowId: string | undefined): Selector {
  const templates = [namespace, flowId].filter((text) => text !== undefined && isTemplate(text)) as string[];
  if (templates.length > 0) return { kind: 'open', templates };
  if (namespace !== undefined && flowId !== undefined) return oneFlow({ namespace, id: flowId });
  if (namespace !== undefined) return byPart('namespace', (text) => text === namespace);
  if (flowId !== undefined) return byPart('id', (text) => text === flowId);
  return filterOnly;
}

/** Flows by a test of one part of their name. */
export function byPart(part: NamePart, test: (text: string) => boolean): Selector {
  return named((flow) => test(flow[part]));
}
