import type { Connector, Pipeline, Run, SourceEvent } from '@flowmeta/connector';
import {
  capabilitiesFor,
  type DatasetLookup,
  type EdgeDraft,
  type PipelineDraft,
  type PipelineStatus,
} from '@flowmeta/om-mapper';
import type { DatasetMatch, OwnPipeline, Sink } from '@flowmeta/om-sink';
import type { IngestionOptions } from '../src/index.js';

export const noon = Date.UTC(2026, 10, 22, 12);

function pipeline(name: string, more: Partial<Pipeline> = {}): Pipeline {
  return {
    name,
    enabled: true,
    tasks: [{ name: 'load', enabled: true }],
    edges: [],
    schedules: [],
    labels: [],
    owners: [],
    inputs: [],
    ...more,
  };
}

function run(pipelineName: string, id: string, more: Partial<Run> = {}): Run {
  return {
    id,
    pipeline: pipelineName,
    state: 'succeeded',
    sourceState: 'SUCCESS',
    startedAt: noon,
    endedAt: noon + 1000,
    taskRuns: [{ task: 'load', state: 'succeeded', sourceState: 'SUCCESS', attempts: 1 }],
    ...more,
  };
}

export const pipelineEvent = (name: string, more?: Partial<Pipeline>): SourceEvent => ({
  kind: 'pipeline',
  pipeline: pipeline(name, more),
});

export const runEvent = (pipelineName: string, id: string, more?: Partial<Run>): SourceEvent => ({
  kind: 'run',
  run: run(pipelineName, id, more),
});

/** Yields what it is given; counts how far it was read. */
export function fakeConnector(
  events: Iterable<SourceEvent> | AsyncIterable<SourceEvent> | (() => AsyncIterable<SourceEvent>),
): Connector & { yielded: number } {
  const connector = {
    specVersion: 1,
    name: 'fake',
    capabilities: { runs: true, lineage: true },
    yielded: 0,
    async *check() {},
    async *read() {
      for await (const event of typeof events === 'function' ? events() : events) {
        connector.yielded += 1;
        yield event;
      }
    },
    async close() {},
  };
  return connector;
}

export interface FakeSinkOptions {
  /** Waited in each write, ms. */
  latency?: number;
  writePipeline?: (draft: PipelineDraft) => Awaited<ReturnType<Sink['writePipeline']>> | undefined;
  writeStatuses?: (pipeline: string) => Awaited<ReturnType<Sink['writeStatuses']>> | undefined;
  writeEdge?: (edge: EdgeDraft) => Awaited<ReturnType<Sink['writeEdge']>> | undefined;
  open?: () => Promise<void>;
  findDataset?: (lookup: DatasetLookup) => DatasetMatch | undefined;
  /** FQNs of datasets. */
  entities?: string[];
  /** FQNs of pipelines in other services. */
  elsewhere?: string[];
  own?: OwnPipeline[];
  earlier?: { fqn: string; namespace?: string }[];
  /** Ends of Flowmeta's edges in the catalog, by their start. */
  stored?: Record<string, string[]>;
}

/** A catalog in memory that refuses, as the contract does, whatever comes in the wrong order. */
export function fakeSink(options: FakeSinkOptions = {}) {
  const pipelines = new Map<string, PipelineDraft>();
  const statuses = new Map<string, Map<number, PipelineStatus>>();
  const edges: EdgeDraft[] = [];
  const calls: string[] = [];
  const removed: string[] = [];
  const deleted: string[] = [];
  const violations: string[] = [];
  let underWay = 0;
  let mostUnderWay = 0;

  const write = async <Result>(call: string, make: () => Result): Promise<Result> => {
    calls.push(call);
    underWay += 1;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    try {
      await new Promise((resolve) => setTimeout(resolve, options.latency ?? 0));
      return make();
    } finally {
      underWay -= 1;
    }
  };
  const sink: Sink = {
    description: 'a catalog in memory',
    async open() {
      await options.open?.();
      const { capabilities } = capabilitiesFor('1.12.0');
      return { capabilities, version: '1.12.0', service: 'kestra', knownPipelines: 0 };
    },
    writePipeline: (draft) =>
      write(`pipeline ${draft.pipeline}`, () => {
        const special = options.writePipeline?.(draft);
        if (special) return special;
        const outcome = pipelines.has(draft.pipeline) ? ('unchanged' as const) : ('created' as const);
        pipelines.set(draft.pipeline, draft);
        return { outcome, fqn: `kestra.${draft.body.name}`, findings: [] };
      }),
    writeStatuses: (name, batch) =>
      write(`statuses ${name} ${batch.length}`, () => {
        if (!pipelines.has(name)) violations.push(`statuses before ${name}`);
        if (new Set(batch.map(({ timestamp }) => timestamp)).size < batch.length) violations.push('equal timestamps');
        const special = options.writeStatuses?.(name);
        if (special) return special;
        const stored = statuses.get(name) ?? new Map<number, PipelineStatus>();
        statuses.set(name, stored);
        const created = batch.filter(({ timestamp }) => !stored.has(timestamp)).length;
        for (const status of batch) stored.set(status.timestamp, status);
        return { created, updated: 0, unchanged: batch.length - created, failed: 0, findings: [] };
      }),
    writeEdge: (edge) =>
      write(`edge ${edge.from.fqn} ${edge.to.fqn}`, () => {
        const special = options.writeEdge?.(edge);
        if (special) return special;
        edges.push(edge);
        return { outcome: 'created' as const, findings: [] };
      }),
    async findPipeline(name, services) {
      return services.map((service) => `${service}."${name}"`).find((fqn) => options.elsewhere?.includes(fqn));
    },
    earlierPipelines: () => options.earlier ?? [],
    findDataset: (lookup) =>
      write(`find ${lookup.label}`, () => {
        const special = options.findDataset?.(lookup);
        return special ?? { kind: 'missing' as const, tried: [], services: [] };
      }),
    async findEntity(fqn, types) {
      const [type] = types;
      return options.entities?.includes(fqn) && type
        ? { kind: 'found', type, fqn }
        : { kind: 'missing', tried: [fqn], services: [] };
    },
    removeEdges: (from, isStale) =>
      write(`remove ${from}`, () => {
        const stale = (options.stored?.[from] ?? []).filter((to) =>
          isStale({ from: { type: 'pipeline', fqn: from }, to: { type: 'pipeline', fqn: to } }),
        );
        removed.push(...stale.map((to) => `${from} → ${to}`));
        return { removed: stale.length, failed: 0, findings: [] };
      }),
    ownPipelines: () => options.own ?? [],
    removePipeline: (fqn) =>
      write(`delete ${fqn}`, () => {
        deleted.push(fqn);
        return { outcome: 'deleted' as const, findings: [] };
      }),
    summary: () => ({ tagsCreated: 0, findings: [] }),
    async close() {},
  };
  return Object.assign(sink, {
    removed,
    deleted,
    pipelines,
    statuses,
    edges,
    calls,
    violations,
    mostUnderWay: () => mostUnderWay,
  });
}

export function optionsFor(connector: Connector, sink: Sink, more: Partial<IngestionOptions> = {}): IngestionOptions {
  return {
    connector,
    sink,
    source: { connector: 'fake', description: 'a list of events' },
    service: 'kestra',
    since: noon - 86_400_000,
    until: noon + 86_400_000,
    classification: 'FakeLabels',
    now: () => noon,
    ...more,
  };
}
