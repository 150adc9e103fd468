import type { LineageEdge, Run, Scope, SourceEvent } from '@flowmeta/connector';
import { findCycles } from '@flowmeta/graph-core';
import type { KestraFlow } from '@flowmeta/kestra-client';
import { pipelineName } from '../pipeline-name.js';
import { flowTriggerType, triggerSelector } from './flow-trigger.js';
import type { FlowName, Selector } from './selector.js';
import { type SubflowCall, subflowCalls } from './subflow-calls.js';
import { matchedFlows, mostMatches } from './wildcards.js';

export interface Listing {
  scope: Scope;
  /** Every flow has been seen without an error: then one that wasn't seen does not exist. */
  isComplete: boolean;
  /** Whether the listing covers a namespace. */
  covers: (namespace: string) => boolean;
}

/**
 * Collects which flow follows which. What a definition says can be resolved only when every flow was listed, whether it
 * is read or not: upstreams may be wildcards, come later in the listing, or be left out of the catalog.
 */
export interface LineageBook {
  /** A flow of the listing. In its order, which becomes that of the edges. */
  see(flow: FlowName): void;
  /** A flow that is read. */
  define(flow: KestraFlow): void;
  /** The edges, what could not be found out, and `linked` if nothing was missing. To be called once. */
  resolve(listing: Listing): Iterable<SourceEvent>;
  /** The edge that a run shows where the definition leaves it to a template, and only there (Kestra fact 26). */
  evidence(run: Run): Iterable<SourceEvent>;
}

/** What one flow says about others. */
interface Definition {
  flow: FlowName;
  calls: SubflowCall[];
  triggers: { id: string; description: string; selector: Selector }[];
}

/** A task or trigger whose other end hangs on a template, and the pipelines that runs have shown there. */
interface OpenEnd {
  description: string;
  shown: Set<string>;
}

interface EdgeInMaking {
  edge: Omit<LineageEdge, 'description'>;
  descriptions: Set<string>;
}

export function createLineageBook(): LineageBook {
  const seen = new Map<string, FlowName>();
  const definitions = new Map<string, Definition>();
  const edges = new Map<string, EdgeInMaking>();
  const open = { calls: createOpenEnds(), triggers: createOpenEnds() };

  const addEdge = (
    ends: { from: FlowName; to: FlowName },
    { description, listing }: { description: string; listing: Listing },
  ) => {
    const reference = (flow: FlowName): LineageEdge['from'] => {
      const name = nameOf(flow);
      const isMissing = listing.isComplete && listing.covers(flow.namespace) && !seen.has(name);
      return { kind: 'pipeline', name, ...(isMissing && { external: true }) };
    };
    const from = reference(ends.from);
    const to = reference(ends.to);
    const key = pairKey(nameOf(ends.from), nameOf(ends.to));
    const known = edges.get(key) ?? { edge: { from, to }, descriptions: new Set() };
    known.descriptions.add(description);
    edges.set(key, known);
  };

  function* resolveCalls({ flow, calls }: Definition, listing: Listing): Generator<SourceEvent> {
    for (const { taskId, description, target } of calls) {
      if ('template' in target) {
        const ref = nameOf(flow);
        open.calls.add(ref, { id: taskId, description });
        const message = `${description} runs a flow that a template names (${target.template}), so that only runs show which`;
        yield { kind: 'warning', ref, message };
      } else if (nameOf(target) === nameOf(flow)) {
        yield { kind: 'warning', ref: nameOf(flow), message: `${description} runs its own flow, which is no edge` };
      } else {
        addEdge({ from: flow, to: target }, { description, listing });
      }
    }
  }

  function* resolveTriggers({ flow, triggers }: Definition, listing: Listing): Generator<SourceEvent> {
    const ref = nameOf(flow);
    for (const { id, description, selector } of triggers) {
      const warning = (message: string): SourceEvent => ({
        kind: 'warning',
        ref,
        message: `${description} ${message}`,
      });
      if (selector.kind === 'filter') {
        if (selector.unread !== undefined)
          yield warning(`chooses flows in a way that is not understood: ${selector.unread}`);
        continue;
      }
      if (selector.templates.length > 0) {
        open.triggers.add(ref, { id, description });
        yield warning(
          `names flows by what only Kestra can tell (${selector.templates.join(', ')}), so that only runs show which`,
        );
      }
      if (selector.kind === 'open') continue;
      const { spelledOut, others, isOwn, isInVain } = matchedFlows(selector, { flows: seen.values(), listener: flow });
      if (isOwn) yield warning('waits for its own flow, which is no edge');
      const isAlarm = others.length > mostMatches;
      if (isAlarm) {
        yield warning(
          `matches ${others.length} flows. More than ${mostMatches} are no lineage, so there are no edges for them`,
        );
      }
      if (isInVain && listing.isComplete && isUnlimited(listing.scope)) yield warning('matches no flow');
      for (const upstream of isAlarm ? spelledOut : [...spelledOut, ...others]) {
        addEdge({ from: upstream, to: flow }, { description, listing });
      }
    }
  }

  return {
    see({ namespace, id }) {
      seen.set(pipelineName(namespace, id), { namespace, id });
    },

    define(flow) {
      const calls = subflowCalls(flow);
      const triggers = flow.triggers
        .filter(({ type, disabled }) => type === flowTriggerType && disabled !== true)
        .map((trigger) => ({
          id: trigger.id,
          description: `Kestra Flow trigger: ${trigger.id}`,
          selector: triggerSelector(trigger),
        }));
      if (calls.length + triggers.length === 0) return;
      const { namespace, id } = flow;
      definitions.set(nameOf(flow), { flow: { namespace, id }, calls, triggers });
    },

    *resolve(listing) {
      for (const name of seen.keys()) {
        const definition = definitions.get(name);
        if (definition === undefined) continue;
        yield* resolveCalls(definition, listing);
        yield* resolveTriggers(definition, listing);
      }
      definitions.clear();
      yield* circles(edges.values());
      for (const { edge, descriptions } of edges.values()) {
        yield { kind: 'lineage', edge: { ...edge, description: [...descriptions].sort().join('; ') } };
      }
      if (!listing.isComplete) return;
      const except = { from: open.calls.pipelines(), into: open.triggers.pipelines() };
      const hasExceptions = except.from.length + except.into.length > 0;
      yield { kind: 'linked', scope: listing.scope, ...(hasExceptions && { except }) };
    },

    *evidence({ pipeline, trigger }) {
      const upstream = trigger?.upstream?.pipeline;
      if (trigger?.id === undefined || upstream === undefined || upstream === pipeline) return;
      const { id, type } = trigger;
      if (edges.has(pairKey(upstream, pipeline))) return;
      const description =
        type === flowTriggerType
          ? open.triggers.show(pipeline, { id, other: upstream })
          : open.calls.show(upstream, { id: callerOf(id, type), other: pipeline });
      if (description === undefined) return;
      const from = { kind: 'pipeline', name: upstream } as const;
      yield { kind: 'lineage', edge: { from, to: { kind: 'pipeline', name: pipeline }, description } };
    },
  };
}

/** Flows that set each other off for ever, unless a condition stops them. */
function* circles(edges: Iterable<EdgeInMaking>): Generator<SourceEvent> {
  const pairs = [...edges].flatMap(({ edge: { from, to } }) =>
    from.kind === 'pipeline' && to.kind === 'pipeline' ? [{ from: from.name, to: to.name }] : [],
  );
  const nodes = [...new Set(pairs.flatMap(({ from, to }) => [from, to]))];
  for (const cycle of findCycles({ nodes, edges: pairs })) {
    const [first = ''] = cycle;
    const way = [...cycle.slice(0, mostShown), ...(cycle.length > mostShown ? ['…'] : []), first].join(' → ');
    yield { kind: 'warning', ref: first, message: `These flows set each other off in a circle: ${way}` };
  }
}

const mostShown = 10;

function createOpenEnds() {
  const ends = new Map<string, Map<string, OpenEnd>>();
  return {
    add(pipeline: string, { id, description }: { id: string; description: string }): void {
      const ofPipeline = ends.get(pipeline) ?? new Map<string, OpenEnd>();
      ends.set(pipeline, ofPipeline.set(id, { description, shown: new Set() }));
    },
    /** The description of an edge to `other` that a run shows for the first time; `undefined` where there is to be none. */
    show(pipeline: string, { id, other }: { id: string; other: string }): string | undefined {
      const end = ends.get(pipeline)?.get(id);
      if (end === undefined || end.shown.has(other) || end.shown.size >= mostMatches) return undefined;
      end.shown.add(other);
      return end.description;
    },
    pipelines: (): string[] => [...ends.keys()],
  };
}

/** The task whose step started the run: the steps that Kestra adds to a ForEachItem are not in the flow (Kestra fact 5). */
const callerOf = (id: string, type: string | undefined): string =>
  type?.includes('.ForEachItem$') ? id.replace(/_items$/, '') : id;

const isUnlimited = ({ namespaces }: Scope): boolean => namespaces === undefined;

const nameOf = ({ namespace, id }: FlowName): string => pipelineName(namespace, id);
const pairKey = (from: string, to: string): string => `${from}\n${to}`;
