import type { LineageEdge, Pipeline, Run, RunState, TaskEdge } from '@flowmeta/connector';
import type { AcmeJob, AcmeRun } from './client.js';

export const pipelineName = ({ folder, id }: Pick<AcmeJob, 'folder' | 'id'>): string => `${folder}.${id}`;

export const jobUrl = (hostPort: string, { folder, id }: Pick<AcmeJob, 'folder' | 'id'>): string =>
  new URL(`/jobs/${encodeURIComponent(folder)}/${encodeURIComponent(id)}`, hostPort).href;

export function toPipeline(job: AcmeJob, hostPort: string): Pipeline {
  const { folder, title, owner, paused, cron, steps } = job;
  return {
    name: pipelineName(job),
    ...(title != null && { displayName: title }),
    namespace: folder,
    sourceUrl: jobUrl(hostPort, job),
    enabled: paused !== true,
    tasks: steps.map(({ id, kind }) => ({ name: id, enabled: true, ...(kind != null && { type: kind }) })),
    edges: toEdges(job),
    schedules: cron == null ? [] : [{ id: 'cron', cron }],
    labels: [],
    owners: owner == null ? [] : [{ name: owner, origin: 'owner of the job' }],
    inputs: [],
  };
}

/** A step may name steps that are gone: an edge needs both ends. */
function toEdges({ steps }: AcmeJob): TaskEdge[] {
  const ids = new Set(steps.map(({ id }) => id));
  return steps.flatMap(({ id, after }) =>
    [...new Set(after)].filter((from) => ids.has(from) && from !== id).map((from) => ({ from, to: id })),
  );
}

/** Jobs are named `folder/id` here, and `folder.id` in the catalog. */
export const toName = (job: string): string => job.replace('/', '.');

export function toLineage(job: AcmeJob, names: ReadonlySet<string>): LineageEdge[] {
  const to = pipelineName(job);
  return [...new Set(job.follows)]
    .map(toName)
    .filter((from) => from !== to)
    .map((from) => ({
      from: { kind: 'pipeline', name: from, ...(!names.has(from) && { external: true }) },
      to: { kind: 'pipeline', name: to },
      description: 'Acme job: follows',
    }));
}

const states: Record<string, RunState> = {
  waiting: 'queued',
  running: 'running',
  ok: 'succeeded',
  error: 'failed',
  stopped: 'cancelled',
};

export function toRun(run: AcmeRun, tasks: ReadonlySet<string>, hostPort: string): Run {
  return {
    id: run.id,
    pipeline: toName(run.job),
    ...toState(run.status),
    ...toSpan(run),
    url: new URL(`/runs/${encodeURIComponent(run.id)}`, hostPort).href,
    taskRuns: run.steps
      .filter(({ id }) => tasks.has(id))
      .map((step) => ({ task: step.id, ...toState(step.status), ...toSpan(step), attempts: 1 })),
  };
}

const toState = (status: string) => ({ state: states[status] ?? ('unknown' as const), sourceState: status });

const toSpan = ({ started, ended }: { started: number; ended?: number | null | undefined }) => ({
  startedAt: started,
  ...(ended != null && { endedAt: ended }),
});
