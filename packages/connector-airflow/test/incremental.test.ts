import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isInShard, type ReadOptions, type SourceEvent } from '@flowmeta/connector';
import { type AirflowDataset, airflowDataset, type Sandbox, startAirflowSandbox } from '@flowmeta/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { auth, connect, startAirflow, window } from './stand-in.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

const collect = async (events: AsyncIterable<SourceEvent>): Promise<SourceEvent[]> => {
  const all: SourceEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};
const namesOf = (events: SourceEvent[], kind: 'pipeline' | 'unchanged'): string[] =>
  events.flatMap((event) => (event.kind === kind ? [event.pipeline.name] : []));
const runsOf = (events: SourceEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'run' ? [event.run.id] : []));
/** How often was asked for what looks like this. */
const countOf = (requests: Record<string, number>, path: RegExp): number =>
  Object.entries(requests).reduce((sum, [pattern, count]) => (path.test(pattern) ? sum + count : sum), 0);

const details = /dags\/\{\}\/details$/;
const tasks = /dags\/\{\}\/tasks$/;
const single = /dagRuns\/\{\}$/;
const lists = /dagRuns$/;

/** A server, a connection to it, and what each read asks. */
async function open(server: Sandbox) {
  const connector = connect(server.url);
  opened.push(connector, server);
  let before: Record<string, number> = {};
  return {
    connector,
    async read(options: Partial<ReadOptions> = {}) {
      const events = await collect(connector.read({ ...window, ...options }));
      const after = server.requestCounts();
      const asked = Object.entries(after).map(([path, count]) => [path, count - (before[path] ?? 0)] as const);
      before = { ...after };
      return { events, requests: Object.fromEntries(asked.filter(([, count]) => count > 0)) };
    },
  };
}

describe.each([2, 3] as const)('a read of Airflow %s that remembers the last one', (major) => {
  it('finds all DAGs unchanged, asks twice for each of them and a few times besides', async () => {
    const airflow = await open(await startAirflow({ major }));
    const known = new Map<string, string>();
    const fingerprints = new Map<string, string>();
    const remember: ReadOptions['known'] = async (name, fingerprint) => {
      fingerprints.set(name, fingerprint);
      return known.get(name) === fingerprint ? { tasks: [] } : undefined;
    };
    const first = await airflow.read({ known: remember });
    for (const [name, fingerprint] of fingerprints) known.set(name, fingerprint);
    const names = namesOf(first.events, 'pipeline');
    const openRuns = first.events.flatMap((event) =>
      event.kind === 'run' && event.run.endedAt === undefined ? [event.run] : [],
    );
    expect(openRuns.length).toBeGreaterThan(2);

    const since = Date.UTC(2026, 10, 22, 16);
    const refresh = openRuns.map(({ id, pipeline, startedAt }) => ({ run: id, pipeline, startedAt }));
    const second = await airflow.read({ since, known: remember, openRuns: true, refresh });
    expect(namesOf(second.events, 'unchanged')).toEqual(names);
    expect(namesOf(second.events, 'pipeline')).toEqual([]);
    expect(runsOf(second.events).sort()).toEqual(openRuns.map(({ id }) => id).sort());
    expect(countOf(second.requests, details)).toBe(names.length);
    expect(countOf(second.requests, tasks)).toBe(names.length);
    // Those that are open come in one list and those that have changed in another; none is asked for by itself.
    expect(countOf(second.requests, single)).toBe(0);
    expect(countOf(second.requests, lists)).toBe(3);
    const all = countOf(second.requests, /./);
    expect(all - 2 * names.length).toBeLessThanOrEqual(10);
  });

  it('finds old runs that have ended or were changed since, and asks by itself for one that is not there', async () => {
    const since = Date.UTC(2026, 10, 22, 16);
    const airflow = await open(
      await startAirflow({
        major,
        change: ({ runs }) => {
          const waiting = runs.find(({ dag_id }) => dag_id === 'ops.waiting')!;
          Object.assign(waiting, { state: 'success', end_date: '2026-11-22T17:00:00.000000Z' });
          // A person has said so.
          const child = runs.find(({ dag_id }) => dag_id === 'ops.child')!;
          Object.assign(child, { state: 'failed', end_date: '2026-11-22T17:00:00.000000Z' });
        },
      }),
    );
    const { events, requests } = await airflow.read({
      since,
      openRuns: true,
      refresh: [{ run: 'ops.waiting/purged', pipeline: 'ops.waiting', startedAt: since - 1000 }],
    });
    const told = events.flatMap((event) => (event.kind === 'run' ? [`${event.run.pipeline} ${event.run.state}`] : []));
    const isOpen = (text: string) => text.endsWith(' running');
    expect(told.filter(isOpen)).toContain('states_retry running');
    expect(told.filter((text) => !isOpen(text)).sort()).toEqual(['ops.child failed', 'ops.waiting succeeded']);
    expect(events).toContainEqual({ kind: 'gone', run: 'ops.waiting/purged' });
    expect(countOf(requests, single)).toBe(1);
  });

  it('counts runs without reading them', async () => {
    const { connector, read } = await open(await startAirflow({ major }));
    const { events } = await read({ pipelines: false });
    const asked = { ...window };
    const [count, none] = await connector.countRuns!([asked, { since: window.until, until: window.until + 1000 }]);
    expect(count!.runs).toBeGreaterThanOrEqual(runsOf(events).length);
    expect(count!.runs).toBeLessThan(runsOf(events).length + 10);
    expect(none).toEqual({ runs: 0, requests: 1 });
    const { requests } = await read({ runs: false, pipelines: false });
    expect(countOf(requests, lists)).toBe(2);
  });
});

describe('a read of a part', () => {
  it('names the runs around one that is read alone, and around its window, without telling them', async () => {
    let ids: string[] = [];
    let startedAt = 0;
    const airflow = await open(
      await startAirflow({
        major: 3,
        change: ({ runs }) => {
          const ended = runs.filter(({ state }) => state === 'success');
          const [first, second] = ended.flatMap((one) => {
            const other = ended.find((run) => run !== one && run.dag_id === one.dag_id);
            return other ? [one, other] : [];
          });
          second!.start_date = first!.start_date;
          startedAt = Date.parse(first!.start_date as string);
          ids = [first!, second!].map(({ dag_id, dag_run_id }) => `${dag_id}/${dag_run_id}`);
        },
      }),
    );
    const [alone, other] = ids as [string, string];
    const neighbours = (events: SourceEvent[]) =>
      events.flatMap((event) => (event.kind === 'neighbour' ? [event.run] : [])).filter(({ id }) => ids.includes(id));
    const single = await airflow.read({ only: { runs: [alone] } });
    expect(runsOf(single.events)).toEqual([alone]);
    expect(neighbours(single.events)).toMatchObject([{ id: other, startedAt }]);
    const later = await airflow.read({ since: startedAt + 1 });
    expect(
      neighbours(later.events)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(ids.sort());
    expect(runsOf(later.events).filter((id) => ids.includes(id))).toEqual([]);
  });

  it('asks only for the DAGs of its shard, and all shards together tell what one read does', async () => {
    const airflow = await open(await startAirflow({ major: 3 }));
    const whole = await airflow.read({ lineage: false });
    const names: string[] = [];
    const runs: string[] = [];
    for (const index of [0, 1, 2]) {
      const shard = { index, count: 3 };
      const { events, requests } = await airflow.read({ lineage: false, shard });
      const own = namesOf(events, 'pipeline');
      expect(own.every((name) => isInShard(name, shard))).toBe(true);
      expect([countOf(requests, details), countOf(requests, tasks)]).toEqual([own.length, own.length]);
      expect(events.filter(({ kind }) => kind === 'filtered').length).toBeGreaterThan(0);
      names.push(...own);
      runs.push(...runsOf(events));
    }
    expect(names.sort()).toEqual(namesOf(whole.events, 'pipeline'));
    expect(runs.sort()).toEqual(runsOf(whole.events).sort());
  });

  it('of the runs alone asks for the tasks of those DAGs that have run', async () => {
    const airflow = await open(await startAirflow({ major: 3 }));
    const whole = await airflow.read({ lineage: false });
    const { events, requests } = await airflow.read({ pipelines: false, lineage: false });
    expect(runsOf(events)).toEqual(runsOf(whole.events));
    expect(countOf(requests, details)).toBe(0);
    expect(countOf(requests, tasks)).toBe(new Set(runsOf(events).map((id) => id.split('/')[0])).size);
  });

  it('of one window after the other asks for definitions once', async () => {
    const airflow = await open(await startAirflow({ major: 3 }));
    const whole = await airflow.read({ lineage: false });
    await airflow.read({ runs: false });
    const middle = Date.UTC(2026, 10, 22, 15, 33);
    const slices = { pipelines: false, lineage: false, sameDefinitions: true } as const;
    const first = await airflow.read({ ...slices, until: middle });
    const second = await airflow.read({ ...slices, since: middle });
    expect([...runsOf(first.events), ...runsOf(second.events)].sort()).toEqual(runsOf(whole.events).sort());
    for (const { requests } of [first, second]) expect(countOf(requests, /\/dags$|\/tasks$|\/details$/)).toBe(0);
  });

  it('says once of a DAG that its tasks can’t be read, and leaves out its runs', async () => {
    const airflow = await open(
      await startAirflow({
        major: 3,
        faults: [{ path: /dags\/shop\.orders\.etl\/tasks$/, effect: { kind: 'status', status: 403 } }],
      }),
    );
    const { events } = await airflow.read({ pipelines: false });
    expect(events.flatMap((event) => (event.kind === 'skipped' ? [event.ref] : []))).toEqual(['shop.orders.etl']);
    expect(runsOf(events).some((id) => id.startsWith('shop.orders.etl/'))).toBe(false);
    expect(runsOf(events).length).toBeGreaterThan(10);
    const reasons = events.flatMap((event) =>
      event.kind === 'filtered' && event.ref.startsWith('shop.orders.etl/') ? [event.reason] : [],
    );
    expect(reasons).toEqual(['its DAG could not be read', 'its DAG could not be read']);
    expect(events.some(({ kind }) => kind === 'checkpoint')).toBe(false);
  });
});

describe('a large Airflow', () => {
  const day = 86_400_000;
  const end = Date.UTC(2026, 10, 22);

  /** So many DAGs and runs, all alike; the runs lie evenly in a year. */
  function large(dagCount: number, runCount: number): AirflowDataset {
    const dataset = airflowDataset(3);
    const dag = dataset.dags.find((each) => each.dag.dag_id === 'ops.child')!;
    const run = dataset.runs.find((each) => each.dag_id === 'ops.child' && each.state === 'success')!;
    const nameOf = (index: number) => `dag_${String(index % dagCount).padStart(5, '0')}`;
    dataset.dags = Array.from({ length: dagCount }, (_, index) => {
      const dag_id = nameOf(index);
      const named = JSON.parse(JSON.stringify(dag).replaceAll('"ops.child"', JSON.stringify(dag_id)));
      return named as typeof dag;
    });
    const runs = Array.from({ length: runCount }, (_, index) => {
      const start = new Date(end - 365 * day + (index * 365 * day) / runCount).toISOString();
      return {
        ...run,
        dag_id: nameOf(index),
        dag_run_id: `run_${index}_${'x'.repeat(1500)}`,
        start_date: start,
        end_date: start,
      };
    });
    // Texts that were put together take memory for a second time when they are first read.
    dataset.runs = JSON.parse(JSON.stringify(runs)) as typeof runs;
    Object.assign(dataset, { taskInstances: [], assets: [], assetEvents: [] });
    return dataset;
  }

  it('of 2,000 DAGs is read in pages, each DAG once', async () => {
    const server = await startAirflowSandbox({ dataset: large(2000, 0), auth });
    const { read } = await open(server);
    const { events, requests } = await read({ lineage: false });
    expect(new Set(namesOf(events, 'pipeline')).size).toBe(2000);
    expect(countOf(requests, /\/dags$/)).toBe(20);
    expect(countOf(requests, /./)).toBeLessThan(4030);
    expect(events.filter(({ kind }) => kind === 'listed')).toEqual([{ kind: 'listed', scope: {} }]);
  }, 300_000);

  it('with a long history is read in parts whose pages are not deep, and takes no more memory for it', async () => {
    const count = 10_100;
    // The deeper a page is, the more rows a database has to pass over.
    const deep = { path: /dagRuns\?.*offset=([5-9]\d{3}|\d{5,})/, effect: { kind: 'status', status: 500 } } as const;
    const server = await startAirflowSandbox({ dataset: large(5, count), auth, faults: [deep], recordRequests: false });
    const { connector } = await open(server);
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const heap = (): number => {
      collectGarbage();
      return process.memoryUsage().heapUsed / 1_000_000;
    };
    let runs = 0;
    let [early, late] = [0, 0];
    for await (const event of connector.read({ since: end - 366 * day, until: end + day, lineage: false })) {
      if (event.kind === 'run') runs += 1;
      // In the middle of the second part, and of the fourth.
      if (event.kind === 'run' && runs === 3_800) early = heap();
      if (event.kind === 'run' && runs === 8_850) late = heap();
    }
    expect(runs).toBe(count);
    // The names of the 5,050 runs between would take more than this.
    expect(late - early).toBeLessThan(4);
  }, 300_000);
});
