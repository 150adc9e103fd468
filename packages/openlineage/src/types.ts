import type { Pipeline, Run } from '@flowmeta/connector';

/** What a dataset or a job is called in OpenLineage: unique as a pair. */
export interface Identifier {
  namespace: string;
  name: string;
}

/** What is known about a job, a run or a dataset beyond its name. `_schemaURL` says which fields there are. */
export interface Facet {
  _producer: string;
  _schemaURL: string;
  [field: string]: unknown;
}

/** By the key that the specification gives each facet, e.g. `columnLineage`. */
export type Facets = Record<string, Facet>;

/** A job, an input or an output with its facets. */
export interface Described extends Identifier {
  facets: Facets;
}

interface Event {
  /** ISO 8601, UTC. */
  eventTime: string;
  producer: string;
  schemaURL: string;
  job: Described;
  inputs: Described[];
  outputs: Described[];
}

/** What is known about a job from its definition, without a run. */
export type JobEvent = Event;

export type RunEventType = 'START' | 'RUNNING' | 'COMPLETE' | 'FAIL' | 'ABORT' | 'OTHER';

/** A run has come to a state. */
export interface RunEvent extends Event {
  eventType: RunEventType;
  /** `runId` is a UUID, the same for the same run at each call: see `runIdOf`. */
  run: { runId: string; facets: Facets };
}

export type OpenLineageEvent = JobEvent | RunEvent;

export interface EventOptions {
  /** Namespace of the jobs, e.g. the name of the pipeline service. Part of every run's id: give the same one each time. */
  namespace: string;
  /** When the pipelines and runs were read, ms. The time of job events, and of runs that are still going on. */
  eventTime: number;
  /** One job event each, and none for others. Absent: one for each pipeline of the graph that the source has. */
  pipelines?: Iterable<Pipeline>;
  runs?: Iterable<Run>;
  /** One job per task too, called `pipeline.task`, and events for each task run. Default false. */
  tasks?: boolean;
  /** Name of the connector, e.g. `kestra`: who a facet says the job belongs to. Default `flowmeta`. */
  connector?: string;
  /** An absolute URI that says who made the events. Default the address of Flowmeta's repository. */
  producer?: string;
}
