import type {
  Dataset,
  EntityReference,
  LineageEdge,
  Pipeline,
  Run,
  RunState,
  SourceEvent,
  TaskEdge,
} from '@flowmeta/connector';
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

/** What a step reads flows into what it writes; what it only reads leads to the job, what it only writes from the job. */
export function toDataLineage(job: AcmeJob): SourceEvent[] {
  const pipeline = pipelineName(job);
  const unresolved: SourceEvent[] = [];
  const edges = job.steps.flatMap(({ id, reads, writes }): LineageEdge[] => {
    const toEnds = (addresses: string[] | null | undefined): EntityReference[] =>
      [...new Set(addresses)].flatMap((address) => {
        const dataset = toTable(address);
        if (dataset) return [{ kind: 'dataset' as const, dataset }];
        // Without credentials, which some addresses hold.
        const message = `${address.replace(/\/\/[^/]*@/, '//')} is no address of a table`;
        const hint = 'Give the step the address of a table, as in postgres://server/database/schema/table.';
        unresolved.push({ kind: 'unresolved', gap: { pipeline, task: id, reason: 'connection', message, hint } });
        return [];
      });
    const self: EntityReference = { kind: 'pipeline', name: pipeline };
    const [sources, targets] = [toEnds(reads), toEnds(writes)];
    if (sources.length === 0) return targets.map((to) => ({ from: self, to, description: `Acme step ${id}: writes` }));
    if (targets.length === 0) return sources.map((from) => ({ from, to: self, description: `Acme step ${id}: reads` }));
    return sources.flatMap((from) =>
      targets
        .filter((to) => JSON.stringify(to) !== JSON.stringify(from))
        .map((to) => ({ from, to, pipeline, description: `Acme step ${id}: reads and writes` })),
    );
  });
  return [...unresolved, ...edges.map((edge): SourceEvent => ({ kind: 'lineage', edge }))];
}

/** `postgres://server/database/schema/table`. What the catalog calls the server is not known here. */
function toTable(address: string): Dataset | undefined {
  const [, connection, database, schema, name] =
    /^postgres:\/\/([^/@]+)\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(address) ?? [];
  if (!connection || !database || !schema || !name) return undefined;
  return { kind: 'table', platform: 'postgres', connections: [connection], database, schema, name };
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
