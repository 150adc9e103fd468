import type { LineageGraph } from '@flowmeta/connector';
import { datasetsOf } from './dataset-facets.js';
import { type EventContext, eventContext, isoTime } from './event-context.js';
import { eventSchema } from './facets.js';
import { taskJob } from './identifiers.js';
import { pipelineFacets, taskFacets } from './job-facets.js';
import { lineageEntries } from './lineage-facet.js';
import type { Described, EventOptions, JobEvent } from './types.js';

/**
 * One event per pipeline, in the order of names: what its definition says, the datasets it reads and writes, and which flows into which.
 * With `tasks`, each task has one after its pipeline's.
 *
 * @throws TypeError for an `eventTime` or `producer` that no event can have.
 */
export function jobEvents(graph: LineageGraph, options: EventOptions): JobEvent[] {
  const context = eventContext(graph, options);
  return [...context.names].flatMap((name) => [pipelineEvent(name, context), ...taskEvents(name, context)]);
}

/** The job of a pipeline with all that is known of it, and its datasets. */
export interface DescribedJob {
  job: Described;
  inputs: Described[];
  outputs: Described[];
}

export function describedJob(name: string, context: EventContext): DescribedJob {
  const { namespace, facet, names, lineage } = context;
  const job: Described = { namespace, name, facets: pipelineFacets(name, context) };
  const moved = lineage.get(name);
  if (moved === undefined) return { job, inputs: [], outputs: [] };
  const entries = lineageEntries(moved, {
    job: { namespace, name },
    tellsDownstream: (other) => !names.has(other),
  });
  if (entries.length > 0) job.facets.lineage = facet('jobLineage', { entries });
  return { job, ...datasetsOf(moved, facet) };
}

function pipelineEvent(name: string, context: EventContext): JobEvent {
  return { ...eventHead(context), ...describedJob(name, context) };
}

function taskEvents(name: string, context: EventContext): JobEvent[] {
  const pipeline = context.pipelines.get(name);
  if (pipeline === undefined || !context.tasks) return [];
  return pipeline.tasks.map((task) => ({
    ...eventHead(context),
    job: { ...taskJob(context.namespace, name, task.name), facets: taskFacets(task, { pipeline, context }) },
    inputs: [],
    outputs: [],
  }));
}

function eventHead({ now, producer }: EventContext): Pick<JobEvent, 'eventTime' | 'producer' | 'schemaURL'> {
  return { eventTime: isoTime(now), producer, schemaURL: eventSchema('JobEvent') };
}
