/** What a flow is called in Kestra. */
export interface FlowName {
  namespace: string;
  id: string;
}

type Test = (flow: FlowName) => boolean;

/** A choice of flows. */
export interface FlowSelector {
  kind: 'flows';
  matches: Test;
  /** What it asks for; a flow that is merely not ruled out is not asked for. Empty where it only rules out. */
  names: readonly Test[];
  /** What it rules out: under a `Not` the two change places. */
  rulesOut: readonly Test[];
  /** Flows that are spelled out, which may not exist. */
  spelledOut: FlowName[];
  /** Alternatives that hang on a template. */
  templates: string[];
}

/**
 * Which flows a Flow trigger listens to. A `filter` says nothing about it (states, labels, times, expressions); `open` is one that
 * depends on a template, so that only Kestra knows.
 */
export type Selector = FlowSelector | { kind: 'open'; templates: string[] } | { kind: 'filter'; unread?: string };

export const filterOnly: Selector = { kind: 'filter' };

/** Flows that pass a test of their name. */
export function named(matches: Test, spelledOut: FlowName[] = []): Selector {
  return { kind: 'flows', matches, names: [matches], rulesOut: [], spelledOut, templates: [] };
}

/** The one flow of this name. */
export function oneFlow(wanted: FlowName): Selector {
  return named(({ namespace, id }) => namespace === wanted.namespace && id === wanted.id, [wanted]);
}

/** All of them must hold for one flow. A template in one of them leaves the whole open: without it too many would match. */
export function allOf(selectors: readonly Selector[]): Selector {
  const { flows, templates, filter } = sort(selectors);
  if (selectors.some(({ kind }) => kind === 'open')) return { kind: 'open', templates };
  if (flows.length === 0) return filter;
  return {
    kind: 'flows',
    matches: (flow) => flows.every((each) => each.matches(flow)),
    ...mentions(flows),
    templates,
  };
}

/** One of them must hold. Those that hang on a template leave the others as they are. */
export function anyOf(selectors: readonly Selector[]): Selector {
  const { flows, templates, filter } = sort(selectors);
  if (flows.length === 0) return templates.length > 0 ? { kind: 'open', templates } : filter;
  return { kind: 'flows', matches: (flow) => flows.some((each) => each.matches(flow)), ...mentions(flows), templates };
}

/** None of them may hold. */
export function noneOf(selectors: readonly Selector[]): Selector {
  const { flows, templates, filter } = sort(selectors);
  if (templates.length > 0) return { kind: 'open', templates };
  if (flows.length === 0) return filter;
  const { names, rulesOut, spelledOut } = mentions(flows);
  const matches: Test = (flow) => !flows.some((each) => each.matches(flow));
  return { kind: 'flows', matches, names: rulesOut, rulesOut: names, spelledOut, templates };
}

function sort(selectors: readonly Selector[]) {
  const flows = selectors.filter((selector) => selector.kind === 'flows');
  const templates = selectors.flatMap((selector) => (selector.kind === 'filter' ? [] : selector.templates));
  const unread = selectors.find((selector) => selector.kind === 'filter' && selector.unread !== undefined);
  return { flows, templates, filter: unread ?? filterOnly };
}

function mentions(flows: readonly FlowSelector[]): Pick<FlowSelector, 'names' | 'rulesOut' | 'spelledOut'> {
  return {
    names: flows.flatMap((each) => each.names),
    rulesOut: flows.flatMap((each) => each.rulesOut),
    spelledOut: flows.flatMap((each) => each.spelledOut),
  };
}
