import type { LineageGraph, Pipeline } from '@flowmeta/connector';
import { defaultProducer, type FacetMaker, facetMaker } from './facets.js';
import { lineageByPipeline, type PipelineLineage } from './pipeline-lineage.js';
import type { EventOptions } from './types.js';
import { isUri } from './uri.js';

/** What all events of one call share. */
export interface EventContext {
  namespace: string;
  producer: string;
  facet: FacetMaker;
  /** As OpenLineage spells the systems that jobs belong to: `KESTRA`. */
  integration: string;
  /** ms */
  now: number;
  pipelines: ReadonlyMap<string, Pipeline>;
  /** Pipelines with a job event, in order. */
  names: ReadonlySet<string>;
  lineage: ReadonlyMap<string, PipelineLineage>;
  tasks: boolean;
}

/** @throws TypeError when `eventTime` is not within the years 1 to 9999, or `producer` no absolute URI. */
export function eventContext(graph: LineageGraph, options: EventOptions): EventContext {
  const { namespace, eventTime, pipelines, tasks = false, producer = defaultProducer } = options;
  if (!isInstant(eventTime)) throw new TypeError(`eventTime is ${eventTime}; it must be milliseconds since 1970.`);
  if (!isUri(producer)) {
    throw new TypeError(
      `producer is ${JSON.stringify(producer)}; it must be an absolute URI, such as https://example.com/lineage.`,
    );
  }
  const lineage = lineageByPipeline(graph);
  const byName = new Map([...(pipelines ?? [])].map((pipeline) => [pipeline.name, pipeline]));
  const ours = [...lineage].filter(([, { external }]) => !external).map(([name]) => name);
  return {
    namespace,
    producer,
    facet: facetMaker(producer),
    integration: (options.connector ?? 'flowmeta').toUpperCase(),
    now: eventTime,
    pipelines: byName,
    names: new Set([...(pipelines === undefined ? ours : byName.keys())].sort()),
    lineage,
    tasks,
  };
}

const [earliest, latest] = [Date.parse('0001-01-01T00:00:00.000Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/** Whether it has a year of four digits, as OpenLineage's date format wants it. */
export function isInstant(milliseconds: number): boolean {
  return milliseconds >= earliest && milliseconds <= latest;
}

/** ISO 8601, UTC. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
