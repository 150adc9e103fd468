import type { Pipeline, Run, TaskRun } from '@flowmeta/connector';
import { type EventContext, isInstant, isoTime } from './event-context.js';
import { runIdOf, taskJob } from './identifiers.js';
import type { Facets } from './types.js';

/** What set a run off, when it was due, how the source speaks of it, and which tasks failed. */
export function runFacets(run: Run, context: EventContext): Facets {
  return {
    ...cause(run, context),
    ...nominalTime(run, context),
    ...sourceTags(run, context),
    ...failure(run, context),
  };
}

/** What a run of a task belongs to, and which task runs came before. */
export function taskRunFacets(taskRun: TaskRun, { run, context }: { run: Run; context: EventContext }): Facets {
  const { facet, namespace, pipelines } = context;
  const parent = { job: { namespace, name: run.pipeline }, run: { runId: runIdOf(namespace, run) } };
  const ran = new Set(run.taskRuns.map(({ task }) => task));
  const before = (pipelines.get(run.pipeline)?.edges ?? []).filter(
    ({ from, to }) => to === taskRun.task && ran.has(from),
  );
  const upstream = before.map(({ from }) => ({
    job: taskJob(namespace, run.pipeline, from),
    run: { runId: runIdOf(namespace, { id: run.id, task: from }) },
    dependency_type: 'DIRECT_INVOCATION',
    sequence_trigger_rule: 'FINISH_TO_START',
  }));
  return {
    parent: facet('parent', parent),
    ...(upstream.length > 0 && { jobDependencies: facet('jobDependencies', { upstream }) }),
    ...sourceTags(
      { sourceState: taskRun.sourceState, ...(taskRun.url !== undefined && { url: taskRun.url }) },
      context,
    ),
  };
}

/** A run that a task started has a parent; one that followed another run depends on it. */
function cause({ trigger }: Run, { facet, namespace, pipelines }: EventContext): Facets {
  const upstream = trigger?.upstream;
  if (upstream === undefined) return {};
  const job = { namespace, name: upstream.pipeline };
  const run = upstream.run === undefined ? undefined : { runId: runIdOf(namespace, { id: upstream.run }) };
  if (run !== undefined && hasTask(pipelines.get(upstream.pipeline), trigger?.id))
    return { parent: facet('parent', { job, run }) };
  const dependency = { job, ...(run && { run }), dependency_type: 'DIRECT_INVOCATION' };
  return { jobDependencies: facet('jobDependencies', { upstream: [dependency] }) };
}

const hasTask = (pipeline: Pipeline | undefined, name: string | undefined): boolean =>
  pipeline?.tasks.some((task) => task.name === name) === true;

/** Only a run that a schedule set off was due at a time. The source makes it when it is due. */
function nominalTime({ pipeline, trigger, startedAt }: Run, { facet, pipelines }: EventContext): Facets {
  const scheduled = pipelines.get(pipeline)?.schedules.some(({ id }) => id === trigger?.id);
  if (scheduled !== true || !isInstant(startedAt)) return {};
  return { nominalTime: facet('nominalTime', { nominalStartTime: isoTime(startedAt) }) };
}

/** The specification has no facet for the source's own words, so they are tags. */
function sourceTags(
  run: Pick<Run, 'sourceState' | 'revision' | 'url' | 'correlationId'>,
  { facet, integration }: Pick<EventContext, 'facet' | 'integration'>,
): Facets {
  const { sourceState, revision, url, correlationId } = run;
  const tags = Object.entries({ sourceState, revision, url, correlationId }).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value, source: integration }],
  );
  return { tags: facet('runTags', { tags }) };
}

function failure({ state, taskRuns }: Run, { facet }: EventContext): Facets {
  const failed = state === 'failed' ? taskRuns.filter((taskRun) => taskRun.state === 'failed') : [];
  if (failed.length === 0) return {};
  const lines = failed.map(({ task, sourceState, attempts }) => {
    return `Task ${task} failed (${sourceState}${attempts > 1 ? `, ${attempts} attempts` : ''}).`;
  });
  return { errorMessage: facet('errorMessage', { message: lines.join('\n'), programmingLanguage: 'unknown' }) };
}
