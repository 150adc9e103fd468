import type { KnownPipeline, Pipeline, ReadOptions, SourceEvent } from '@flowmeta/connector';
import { datasetNames, type KestraVersion, kestraDataset } from '@flowmeta/recordings';
import { type KestraDataset, type Sandbox, startKestraSandbox } from '@flowmeta/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kestraConnector } from '../src/connector.js';
import { readState } from '../src/states.js';

const window = { since: Date.UTC(2026, 9, 1), until: Date.UTC(2026, 11, 1) };

describe.each(datasetNames.filter((each) => !each.includes('-without-')))(
  'the recorded server %s, read again',
  (name) => {
    const dataset = kestraDataset(name as KestraVersion, { plugins: true }) as KestraDataset;
    let sandbox: Sandbox;
    const fingerprints = new Map<string, string>();
    let first: SourceEvent[];

    const read = async (options: Partial<ReadOptions> = {}) => {
      const connector = kestraConnector.open(kestraConnector.configSchema.parse({ hostPort: sandbox.url }), {
        now: () => window.until,
        serviceName: 'kestra',
      });
      const before = sandbox.requests.length;
      const events: SourceEvent[] = [];
      for await (const event of connector.read({ ...window, ...options })) events.push(event);
      await connector.close();
      const graphs = sandbox.requests.slice(before).filter(({ path }) => path.endsWith('/graph')).length;
      return { events, graphs };
    };
    const of = <Kind extends SourceEvent['kind']>(events: SourceEvent[], kind: Kind) =>
      events.filter((event): event is Extract<SourceEvent, { kind: Kind }> => event.kind === kind);

    /** What the first read told, as a host would remember it. */
    const remembered = (pipeline: string, fingerprint: string): KnownPipeline | undefined => {
      const event = of(first, 'pipeline').find((other) => other.pipeline.name === pipeline);
      if (event === undefined || fingerprints.get(pipeline) !== fingerprint) return undefined;
      const tasks = event.pipeline.tasks.map((task) => task.name);
      return { tasks, ...(event.memo === undefined ? {} : { memo: event.memo }) };
    };

    beforeAll(async () => {
      sandbox = await startKestraSandbox({ dataset, now: () => Date.parse(dataset.takenAt) });
      const known = async (pipeline: string, fingerprint: string) => {
        fingerprints.set(pipeline, fingerprint);
        return undefined;
      };
      first = (await read({ known })).events;
    });
    afterAll(() => sandbox.close());

    it('is told apart from what changed, and tells the same lineage and runs without most of the graphs', async () => {
      const { events, graphs } = await read({ known: async (...asked) => remembered(...asked) });
      const whole = of(first, 'pipeline').filter(({ pipeline }) => fingerprints.has(pipeline.name));
      expect(of(events, 'unchanged').map(({ pipeline }) => pipeline.name)).toEqual(
        whole.map(({ pipeline }) => pipeline.name),
      );
      expect(of(events, 'pipeline').every(({ pipeline }) => pipeline.degraded !== undefined)).toBe(true);
      // Without a request for its graph, a flow that 0.20.5 draws otherwise has the edges of its definition (Kestra fact 23).
      const withoutOddEdges = (pipeline?: Pipeline) =>
        name === '0.20.5' && pipeline?.name === 'company.team.foreach' ? { ...pipeline, edges: [] } : pipeline;
      expect(of(events, 'unchanged').map(({ pipeline }) => withoutOddEdges(pipeline.definition))).toEqual(
        whole.map(({ pipeline }) => withoutOddEdges(pipeline)),
      );
      for (const kind of ['lineage', 'unresolved', 'run', 'linked', 'filtered', 'listed'] as const) {
        expect(of(events, kind), kind).toEqual(of(first, kind));
      }
      expect(graphs).toBe(whole.filter(({ memo }) => memo === undefined).length);
      expect(graphs).toBeLessThan(whole.length / 2);
    });

    it('shows runs that are open whatever their start, refreshed ones, and which are gone', async () => {
      const runs = of(first, 'run').map(({ run }) => run);
      const since = Math.max(...runs.map(({ startedAt }) => startedAt)) + 5000;
      const open = runs.filter(({ sourceState }) => ['CREATED', 'RUNNING', 'PAUSED'].includes(sourceState));
      const ended = runs.find(({ endedAt }) => endedAt !== undefined)!;
      const refresh = [
        { run: ended.id, pipeline: ended.pipeline, startedAt: ended.startedAt },
        { run: 'purged', pipeline: ended.pipeline, startedAt: ended.startedAt - 60_000 },
        { run: 'of-a-flow-that-is-gone', pipeline: 'no.such.flow', startedAt: ended.startedAt },
      ];
      const { events } = await read({ since, openRuns: true, refresh });
      const shown = of(events, 'run').map(({ run }) => run);
      for (const run of [...open, ended]) expect(shown).toContainEqual(run);
      expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length);
      expect(
        of(events, 'gone')
          .map(({ run }) => run)
          .sort(),
      ).toEqual(['of-a-flow-that-is-gone', 'purged']);
    });

    it('does not tell again of runs that are paused as they were', async () => {
      const runs = of(first, 'run').map(({ run }) => run);
      const since = Math.max(...runs.map(({ startedAt }) => startedAt)) + 5000;
      const paused = runs.filter(({ sourceState }) => sourceState === 'PAUSED');
      expect(paused.length).toBeGreaterThan(0);
      const refresh = paused.map(({ id, pipeline, startedAt, state }) => ({ run: id, pipeline, startedAt, state }));
      const { events } = await read({ since, openRuns: true, refresh });
      expect(of(events, 'gone')).toEqual([]);
      const shown = new Set(of(events, 'run').map(({ run }) => run.id));
      expect(paused.filter(({ id }) => shown.has(id))).toEqual([]);
    });

    it('reads the runs of single pipelines from earlier on', async () => {
      const runs = of(first, 'run').map(({ run }) => run);
      const since = Math.max(...runs.map(({ startedAt }) => startedAt)) + 5000;
      const { pipeline } = runs[0]!;
      const { events } = await read({ since, runsSince: async (asked) => (asked === pipeline ? window.since : since) });
      expect(of(events, 'run').map(({ run }) => run)).toEqual(runs.filter((run) => run.pipeline === pipeline));
      const all = await read({ since, runsSince: async () => window.since });
      expect(
        of(all.events, 'run')
          .map(({ run }) => run.id)
          .sort(),
      ).toEqual(runs.map(({ id }) => id).sort());
    });

    it('reads single flows and executions, and says nothing of the rest', async () => {
      const [execution] = dataset.executions.filter(({ state, id }) => {
        const { startedAt } = readState(state as Parameters<typeof readState>[0]);
        return startedAt !== undefined && of(first, 'run').some(({ run }) => run.id === id);
      });
      const { events } = await read({ only: { runs: [execution!.id, 'nowhere'] } });
      expect(of(events, 'run').map(({ run }) => run)).toEqual(
        of(first, 'run').flatMap(({ run }) => (run.id === execution!.id ? [run] : [])),
      );
      const name = `${execution!.namespace}.${execution!.flowId}`;
      const expected = of(first, 'pipeline').filter(({ pipeline }) => pipeline.name === name);
      expect(of(events, 'pipeline').map(({ pipeline }) => pipeline)).toEqual(expected.map(({ pipeline }) => pipeline));
      expect(of(events, 'skipped').map(({ ref }) => ref)).toEqual(['nowhere']);
      expect(events.some(({ kind }) => ['listed', 'linked', 'checkpoint', 'lineage'].includes(kind))).toBe(false);
    });
  },
);
