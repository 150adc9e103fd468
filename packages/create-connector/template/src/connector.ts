import {
  type Connector,
  type ConnectorContext,
  defineConnector,
  type ReadOptions,
  type SourceEvent,
  specVersion,
  VerdictError,
} from '@flowmeta/connector';
import { type AcmeClient, type AcmeJob, createAcmeClient } from './client.js';
import { type AcmeConfig, acmeConfigSchema } from './config.js';
import { jobUrl, pipelineName, toDataLineage, toLineage, toName, toPipeline, toRun } from './mapping.js';

const capabilities = { runs: true, lineage: true, owners: true };

export const acmeConnector = defineConnector({
  name: 'acme',
  title: 'Acme',
  description: 'Reads jobs of Acme and their runs.',
  configSchema: acmeConfigSchema,
  examples: [
    { title: 'Smallest', config: { type: 'Acme', hostPort: 'https://acme.example.com', token: '$ACME_TOKEN' } },
  ],
  capabilities,
  open: connectAcme,
});

function connectAcme(config: AcmeConfig, context: ConnectorContext): Connector {
  const { hostPort, token, requestTimeout } = config;
  const client = createAcmeClient({
    baseUrl: hostPort,
    token,
    timeoutMs: requestTimeout * 1000,
    ...(context.proxyEnvironment && { proxy: context.proxyEnvironment }),
    ...(context.userAgent !== undefined && { userAgent: context.userAgent }),
    ...(context.onRequest && { onAttempt: context.onRequest }),
  });
  const closing = new AbortController();
  const signalOf = (signal: AbortSignal | undefined) =>
    AbortSignal.any([closing.signal, ...(signal === undefined ? [] : [signal])]);

  return {
    specVersion,
    name: 'acme',
    capabilities,

    async *check({ signal } = {}) {
      try {
        const version = await client.version({ signal: signalOf(signal) });
        yield { name: 'sign in', status: 'passed', message: `Acme ${version}` };
      } catch (error) {
        const { message, hint } = error as VerdictError;
        yield { name: 'sign in', status: 'failed', message, hint: hint ?? 'Check `hostPort` and `token`.' };
      }
    },

    async *read(options) {
      const signal = signalOf(options.signal);
      signal.throwIfAborted();
      try {
        for await (const event of readEvents(options, { client, hostPort, signal })) {
          yield event;
          signal.throwIfAborted();
        }
      } catch (error) {
        // Whatever failed since it was called off: the reason is what the caller waits for.
        signal.throwIfAborted();
        throw error;
      }
    },

    owns: async ({ name, namespace, sourceUrl }) =>
      namespace !== undefined &&
      sourceUrl === jobUrl(hostPort, { folder: namespace, id: name.slice(namespace.length + 1) }),

    async exists({ name, namespace }, { signal } = {}) {
      if (namespace === undefined || !name.startsWith(`${namespace}.`)) return 'unknown';
      const id = name.slice(namespace.length + 1);
      return (await client.hasJob(namespace, id, { signal: signalOf(signal) })) ? 'present' : 'absent';
    },

    async close() {
      closing.abort(new VerdictError('The connection to Acme is closed.', { verdict: 'fatal' }));
      await client.close();
    },
  };
}

interface Reading {
  client: AcmeClient;
  hostPort: string;
  signal: AbortSignal;
}

/** The pipelines, `listed` if each has a name, the lineage between them, the runs, and a checkpoint. */
async function* readEvents(options: ReadOptions, reading: Reading): AsyncGenerator<SourceEvent> {
  if (options.only) {
    throw new VerdictError('Single jobs of Acme can’t be read.', { verdict: 'fatal', hint: 'Run without --only.' });
  }
  const tasks = new Map<string, ReadonlySet<string>>();
  yield* readJobs(options, { ...reading, tasks });
  if (options.runs !== false) yield* readRuns(options, { ...reading, tasks });
}

/** `tasks`: of each pipeline that is read, the names of its tasks. */
type Shared = Reading & { tasks: Map<string, ReadonlySet<string>> };

async function* readJobs(
  { namespaces, pipelines: isYielded = true, lineage = true, known }: ReadOptions,
  { client, hostPort, signal, tasks }: Shared,
): AsyncGenerator<SourceEvent> {
  const jobs: AcmeJob[] = [];
  const unread: string[] = [];
  let isListed = isYielded;
  for await (const result of client.jobs({ signal })) {
    if ('error' in result) {
      const { ref, isNamed, error } = result;
      if (!isNamed) isListed = false;
      unread.push(ref);
      yield { kind: 'skipped', ref, error };
      continue;
    }
    const job = result.item;
    if (!isWanted(job.folder, namespaces)) continue;
    const pipeline = toPipeline(job, hostPort);
    const { name, displayName, namespace, sourceUrl, enabled } = pipeline;
    jobs.push(job);
    tasks.set(name, new Set(pipeline.tasks.map((task) => task.name)));
    if (!isYielded) continue;
    // All that the pipeline is made from: its address too.
    const remembered = await known?.(name, JSON.stringify([hostPort, job]));
    if (remembered === undefined) yield { kind: 'pipeline', pipeline };
    else
      yield {
        kind: 'unchanged',
        pipeline: {
          name,
          enabled,
          tasks: remembered.tasks,
          ...(displayName !== undefined && { displayName }),
          ...(namespace !== undefined && { namespace }),
          ...(sourceUrl !== undefined && { sourceUrl }),
        },
      };
  }
  if (!isListed) return;
  const scope = namespaces === undefined ? {} : { namespaces };
  const isComplete = unread.length === 0;
  yield { kind: 'listed', scope, ...(!isComplete && { except: unread }) };
  if (!lineage || !isComplete) return;
  const names = new Set(jobs.map(pipelineName));
  for (const job of jobs) {
    for (const edge of toLineage(job, names)) yield { kind: 'lineage', edge };
    yield* toDataLineage(job);
  }
  yield { kind: 'linked', scope };
}

async function* readRuns(
  { since, until }: ReadOptions,
  { client, hostPort, signal, tasks }: Shared,
): AsyncGenerator<SourceEvent> {
  let isComplete = true;
  for await (const result of client.runs({ since, until, signal })) {
    if ('error' in result) {
      isComplete = false;
      yield { kind: 'skipped', ref: result.ref, error: result.error };
      continue;
    }
    const ofPipeline = tasks.get(toName(result.item.job));
    if (ofPipeline) yield { kind: 'run', run: toRun(result.item, ofPipeline, hostPort) };
    else yield { kind: 'filtered', item: 'run', ref: result.item.id, reason: 'its job is not read' };
  }
  // After a checkpoint, what came before is not read again: a run that was skipped would be lost.
  if (isComplete) yield { kind: 'checkpoint', cursor: { until } };
}

const isWanted = (folder: string, namespaces: string[] | undefined): boolean =>
  namespaces === undefined || namespaces.some((name) => folder === name || folder.startsWith(`${name}.`));
