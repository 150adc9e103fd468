import type { Connector, ReadOptions } from '../connector.js';
import { specVersion } from '../connector.js';
import type { SourceEvent } from '../events.js';
import { describeConnector } from './describe-connector.js';

const noon = Date.UTC(2026, 0, 1, 12);

/** The smallest connector that keeps every promise; a connector's author may start from it. */
function tinyConnector({ works = true } = {}): Connector {
  const closing = new AbortController();
  return {
    specVersion,
    name: 'tiny',
    capabilities: { runs: true },
    async *check() {
      yield works
        ? { name: 'reach', status: 'passed', message: 'tiny 1.0' }
        : { name: 'reach', status: 'failed', message: 'no answer', hint: 'Check the address.' };
    },
    async *read({ namespaces, pipelines = true, runs = true, signal }: ReadOptions): AsyncIterable<SourceEvent> {
      const stop = () => {
        signal?.throwIfAborted();
        closing.signal.throwIfAborted();
      };
      const inScope = (namespace: string) =>
        namespaces === undefined || namespaces.some((name) => name === namespace || namespace.startsWith(`${name}.`));
      stop();
      for (const namespace of ['sales', 'ops'].filter(inScope)) {
        const name = `${namespace}.daily`;
        const tasks = [{ name: 'load', enabled: true }];
        if (!pipelines) continue;
        yield {
          kind: 'pipeline',
          pipeline: {
            name,
            namespace,
            enabled: true,
            tasks,
            edges: [],
            schedules: [],
            labels: [],
            owners: [],
            inputs: [],
          },
        };
        stop();
      }
      if (pipelines) yield { kind: 'listed', scope: namespaces === undefined ? {} : { namespaces } };
      stop();
      for (const namespace of runs ? ['sales', 'ops'].filter(inScope) : []) {
        yield {
          kind: 'run',
          run: {
            id: `${namespace}-1`,
            pipeline: `${namespace}.daily`,
            state: 'running',
            sourceState: 'RUNNING',
            startedAt: noon,
            taskRuns: [{ task: 'load', state: 'running', sourceState: 'RUNNING', startedAt: noon, attempts: 1 }],
          },
        };
        stop();
      }
      yield { kind: 'checkpoint', cursor: { startedAt: noon } };
    },
    async close() {
      closing.abort(new Error('closed'));
    },
  };
}

describeConnector({
  name: 'a tiny connector',
  open: () => tinyConnector(),
  openBroken: () => tinyConnector({ works: false }),
  window: { since: noon - 1, until: noon + 1 },
});
