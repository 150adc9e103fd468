import type { LineageGraph, Run, RunState, TaskRun } from '@flowmeta/connector';
import { type EventContext, eventContext, isInstant, isoTime } from './event-context.js';
import { eventSchema } from './facets.js';
import { runIdOf, taskJob } from './identifiers.js';
import { type DescribedJob, describedJob } from './job-events.js';
import { taskFacets } from './job-facets.js';
import { runFacets, taskRunFacets } from './run-facets.js';
import type { Described, EventOptions, RunEvent, RunEventType } from './types.js';

/**
 * The events of each run, in the order of their starts: START and then COMPLETE, FAIL, ABORT or, while it goes on, RUNNING. COMPLETE names
 * the pipeline's datasets; the others don't, since a run that did not get there may not have touched them. With `tasks`, the events of
 * its task runs come between.
 *
 * @throws TypeError for an `eventTime` or `producer` that no event can have.
 */
export function runEvents(graph: LineageGraph, options: EventOptions): RunEvent[] {
  const context = eventContext(graph, options);
  const jobs = new Map<string, DescribedJob>();
  const runs = [...(options.runs ?? [])].sort((one, other) => {
    return one.startedAt - other.startedAt || (one.id < other.id ? -1 : 1);
  });
  return runs.flatMap((run) => {
    const job = jobs.get(run.pipeline) ?? describedJob(run.pipeline, context);
    jobs.set(run.pipeline, job);
    const [first, ...rest] = eventsOfRun(run, { job, context });
    return [first!, ...taskRunEvents(run, context), ...rest];
  });
}

function eventsOfRun(run: Run, { job, context }: { job: DescribedJob; context: EventContext }): RunEvent[] {
  const identity = { runId: runIdOf(context.namespace, run), facets: runFacets(run, context) };
  const { lineage, ...facets } = job.job.facets;
  const unmoved = { job: { ...job.job, facets }, inputs: [], outputs: [] };
  return moments(run, context.now).map(({ type, at }) => ({
    ...head({ type, at }, context),
    run: identity,
    ...(type === 'COMPLETE' ? job : unmoved),
  }));
}

function taskRunEvents(run: Run, context: EventContext): RunEvent[] {
  const started = context.tasks ? run.taskRuns.filter(({ startedAt }) => startedAt !== undefined) : [];
  return started.flatMap((taskRun) => {
    const identity = {
      runId: runIdOf(context.namespace, { id: run.id, task: taskRun.task }),
      facets: taskRunFacets(taskRun, { run, context }),
    };
    const job = jobOfTask(taskRun, { run, context });
    return moments(taskRun, context.now).map((moment) => {
      return { ...head(moment, context), run: identity, job, inputs: [], outputs: [] };
    });
  });
}

function jobOfTask({ task: name }: TaskRun, { run, context }: { run: Run; context: EventContext }): Described {
  const pipeline = context.pipelines.get(run.pipeline);
  const task = pipeline?.tasks.find((candidate) => candidate.name === name);
  const facets = pipeline && task ? taskFacets(task, { pipeline, context }) : {};
  return { ...taskJob(context.namespace, run.pipeline, name), facets };
}

interface Moment {
  type: RunEventType;
  /** ms */
  at: number;
}

function head(
  { type, at }: Moment,
  { producer }: EventContext,
): Pick<RunEvent, 'eventType' | 'eventTime' | 'producer' | 'schemaURL'> {
  return { eventType: type, eventTime: isoTime(at), producer, schemaURL: eventSchema('RunEvent') };
}

const ends: Partial<Record<RunState, RunEventType>> = {
  succeeded: 'COMPLETE',
  warning: 'COMPLETE',
  failed: 'FAIL',
  cancelled: 'ABORT',
  // It did not do its work, and the specification has no better word.
  skipped: 'ABORT',
};

/** When a run came to which state. One that waits has no START, and one whose state nobody knows is not said to be done. */
function moments(run: Pick<Run | TaskRun, 'state' | 'startedAt' | 'endedAt'>, now: number): Moment[] {
  const endedAt = instant(run.endedAt);
  const startedAt = instant(run.startedAt) ?? endedAt ?? now;
  const start: Moment = { type: 'START', at: startedAt };
  const at = Math.max(endedAt ?? now, startedAt);
  const end = ends[run.state];
  if (end !== undefined) return [start, { type: end, at }];
  if (run.state === 'unknown' && endedAt !== undefined) return [start, { type: 'OTHER', at }];
  if (run.state === 'unknown' || run.state === 'queued') return [{ type: 'OTHER', at: startedAt }];
  return [start, { type: 'RUNNING', at: Math.max(now, startedAt) }];
}

const instant = (milliseconds: number | undefined): number | undefined =>
  milliseconds !== undefined && isInstant(milliseconds) ? milliseconds : undefined;
