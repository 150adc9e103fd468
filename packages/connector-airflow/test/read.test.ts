import type { Pipeline, Run, SourceEvent } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { edgesOf, readAirflow } from './stand-in.js';

// What the DAG files in `tooling/airflow/dags` say, written down by hand.

const of = async (major: 2 | 3) => (await readAirflow({ major })).events;
const read = { 2: of(2), 3: of(3) };
const majors = [2, 3] as const;

const pipelinesOf = (events: SourceEvent[]): Map<string, Pipeline> =>
  new Map(events.flatMap((event) => (event.kind === 'pipeline' ? [[event.pipeline.name, event.pipeline]] : [])));
const runsOf = (events: SourceEvent[], pipeline: string): Run[] =>
  events.flatMap((event) => (event.kind === 'run' && event.run.pipeline === pipeline ? [event.run] : []));
describe.each(majors)('Airflow %s', (major) => {
  it('reads a DAG with nested groups, setup and teardown', async () => {
    const etl = pipelinesOf(await read[major]).get('shop.orders.etl')!;
    expect(etl).toMatchObject({
      displayName: 'Shop: orders, every night',
      enabled: true,
      schedules: [{ id: 'schedule', cron: '0 3 * * *' }],
      labels: [
        { key: 'tag', value: 'größe' },
        { key: 'tag', value: 'shop' },
        { key: 'tier', value: 'gold' },
      ],
      owners: [
        { name: 'crm-team', origin: 'owner of its tasks' },
        { name: 'data-platform', origin: 'owner of its tasks' },
      ],
      concurrency: 1,
    });
    expect(etl.description).toMatch(/^Loads the shop's orders into the mart\.\n\n# Orders\n\nLoads \*orders\*/);
    expect(etl.inputs).toHaveLength(2);
    expect(etl.inputs).toEqual(
      expect.arrayContaining([
        { name: 'region', required: false },
        { name: 'limit', required: false },
      ]),
    );
    expect(JSON.stringify(etl.inputs)).not.toContain('1000');
    expect(etl.edges.map(({ from, to }) => `${from} → ${to}`).sort()).toEqual([
      'count_kept → notify',
      'create_tables → daily_sales',
      'daily_sales → notify',
      'extract.check.counts → create_tables',
      'extract.check.schema → extract.check.counts',
      'extract.customers → create_tables',
      'extract.orders → create_tables',
      'notify → close_work_area',
      'open_work_area → close_work_area',
      'open_work_area → extract.check.schema',
      'open_work_area → extract.customers',
      'open_work_area → extract.orders',
    ]);
    expect(etl.tasks.find(({ name }) => name === 'daily_sales')).toMatchObject({
      description: 'Sums up **one day**.',
      type: 'airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator',
    });
  });

  it('reads every form of a schedule that has a cron', async () => {
    const pipelines = pipelinesOf(await read[major]);
    const crons = Object.fromEntries(
      [...pipelines].flatMap(([name, { schedules }]) =>
        name.startsWith('schedule_') ? [[name.slice(9), schedules.map(({ cron }) => cron)]] : [],
      ),
    );
    // Airflow 3 writes presets as what they stand for.
    const preset = (word: string, cron: string) => [major === 2 ? word : cron];
    expect(crons).toEqual({
      none: [],
      once: [],
      daily: preset('@daily', '0 0 * * *'),
      hourly: preset('@hourly', '0 * * * *'),
      weekly: preset('@weekly', '0 0 * * 0'),
      cron: ['*/15 6-20 * * 1-5'],
      timedelta: [],
      timedelta_days: [],
      cron_trigger: ['30 4 * * *'],
      cron_interval: ['15 2 * * *'],
      events: [],
      ended: [],
      catchup: preset('@daily', '0 0 * * *'),
      ...(major === 3 && {
        cron_six_fields: ['30 0 0 * * *'],
        several_crons: ['0 1 * * *', '0 13 * * 1-5'],
        delta_trigger: [],
      }),
    });
    expect(pipelines.get('assets_or_clock')?.schedules).toEqual([{ id: 'schedule', cron: '0 6 * * 1' }]);
    expect(pipelines.get('assets_all_of')?.schedules).toEqual([]);
  });

  it('says which DAGs are paused, and whom they belong to', async () => {
    const pipelines = pipelinesOf(await read[major]);
    expect(pipelines.get('states_never_run')?.enabled).toBe(false);
    expect(pipelines.get('states_slow')?.enabled).toBe(true);
    expect(pipelines.get('two_owners')?.owners.map(({ name }) => name)).toEqual(['alice', 'bob', 'carol']);
    expect(pipelines.get('no_owner_no_tags')?.owners).toEqual([]);
    expect(pipelines.get('ops.child')).toMatchObject({ owners: [], concurrency: 4 });
    expect(pipelines.has('gone_later')).toBe(false);
    expect(pipelines.has('broken')).toBe(false);
  });

  it('folds the instances of mapped tasks, and counts tries', async () => {
    const events = await read[major];
    const [mapped] = runsOf(events, 'mapped_tasks');
    const taskRuns = Object.fromEntries(mapped!.taskRuns.map((taskRun) => [taskRun.task, taskRun]));
    expect(taskRuns.size_of).toMatchObject({ state: 'failed', attempts: 3, retries: 0 });
    expect(taskRuns['copy.read']).toMatchObject({ state: 'succeeded', attempts: 3 });
    expect(taskRuns.echo).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect(taskRuns.none_at_all).toMatchObject({ state: 'skipped', attempts: 1 });

    const failed = runsOf(events, 'states_failed').find(({ state }) => state === 'failed')!;
    const again = failed.taskRuns.find(({ task }) => task === 'fail')!;
    expect(again).toMatchObject({ state: 'failed', attempts: 2, retries: 1 });
    // The first try began before the one that the list of task instances shows.
    const tookMs = again.endedAt! - again.startedAt!;
    expect(tookMs).toBeGreaterThan(20_000);
    expect(failed.taskRuns.find(({ task }) => task === 'after')).toMatchObject({
      state: 'skipped',
      sourceState: 'upstream_failed',
    });
  });

  it('leaves open what is under way', async () => {
    const events = await read[major];
    const [retry] = runsOf(events, 'states_retry');
    expect(retry).toMatchObject({ state: 'running', taskRuns: [{ state: 'running', sourceState: 'up_for_retry' }] });
    expect(retry!.endedAt).toBeUndefined();
    expect(retry!.taskRuns[0]!.endedAt).toBeUndefined();
    const [waiting] = runsOf(events, 'ops.waiting');
    expect(waiting!.taskRuns.map(({ task, sourceState }) => `${task} ${sourceState}`)).toEqual([
      'wait_for_dag up_for_reschedule',
      'wait_for_sales up_for_reschedule',
    ]);
    expect(runsOf(events, 'states_never_run')).toEqual([]);
  });

  it('tells a run of a DAG that has changed with the tasks of now', async () => {
    const before = runsOf(await read[major], 'changed_later').find(({ id }) => id.endsWith('before-the-change'));
    expect(before?.taskRuns.map(({ task }) => task)).toEqual(['stays']);
  });

  it('names the file that cannot be imported', async () => {
    const warnings = (await read[major]).flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/broken_import\.py: ModuleNotFoundError: No module named 'a_module_that_nobody_has'/);
  });

  it('says which DAGs could not be read, so that others may be called gone', async () => {
    const refused = { path: /\/dags\/shop\.orders\.etl\/tasks$/, effect: { kind: 'status', status: 500 } } as const;
    const { events } = await readAirflow({
      major,
      faults: [refused],
      change: ({ dags }) => {
        dags.find(({ dag }) => dag.dag_id === 'mapped_tasks')!.dag.is_paused = 'perhaps';
      },
    });
    const skipped = events.flatMap((event) => (event.kind === 'skipped' ? [event.ref] : []));
    expect(skipped.sort()).toEqual(['mapped_tasks', 'shop.orders.etl']);
    expect(events.filter(({ kind }) => kind === 'listed')).toEqual([
      { kind: 'listed', scope: {}, except: expect.arrayContaining(skipped) },
    ]);
    expect(events.some(({ kind }) => kind === 'linked')).toBe(false);
  });

  it('calls nothing listed where a DAG has no name', async () => {
    const { events } = await readAirflow({
      major,
      change: ({ dags }) => {
        (dags.find(({ dag }) => dag.dag_id === 'mapped_tasks')!.dag as { dag_id: unknown }).dag_id = null;
      },
    });
    expect(events.filter(({ kind }) => kind === 'skipped')).toMatchObject([{ ref: 'a DAG without an id' }]);
    expect(events.some(({ kind }) => kind === 'listed' || kind === 'linked')).toBe(false);
  });

  it('asks for few pages', async () => {
    const { requests } = await readAirflow({ major });
    const few = Object.entries(requests).filter(([path]) => !/\{\}\/(details|tasks)$/.test(path));
    const total = few.reduce((sum, [, count]) => sum + count, 0);
    // Of about 40 runs with their tasks.
    expect(total).toBeLessThanOrEqual(14);
  });
});

/** Of both versions. */
const common = [
  'assets_all_of → assets_or_clock (Airflow asset: daily-report)',
  'assets_producer → assets_all_of (Airflow asset: postgres://db.example.com:5432/shop/public/orders)',
  'assets_producer → assets_all_of (Airflow asset: snowflake://account/SHOP/PUBLIC/CUSTOMERS)',
  'assets_producer → assets_any_of (Airflow asset: kafka://broker.example.com:9092/orders.events)',
  'assets_producer → assets_any_of (Airflow asset: postgres://db.example.com:5432/shop/public/orders)',
  'assets_producer → assets_any_of (Airflow asset: snowflake://account/SHOP/PUBLIC/CUSTOMERS)',
  'assets_producer → orders.events (Airflow task write_customers: outlet)',
  'assets_producer → postgres:shop.public.orders (Airflow task write_orders: outlet)',
  'assets_producer → snowflake:SHOP.PUBLIC.CUSTOMERS (Airflow task write_customers: outlet)',
  'orders.events → assets_any_of (Airflow schedule: asset)',
  'postgres:shop.public.orders → assets_all_of (Airflow schedule: asset)',
  'postgres:shop.public.orders → assets_any_of (Airflow schedule: asset)',
  'shop.orders.etl → lake/raw/customers.parquet (Airflow task extract.customers: outlet)',
  'shop.orders.etl → lake/raw/orders (Airflow task extract.orders: outlet)',
  'snowflake:SHOP.PUBLIC.CUSTOMERS → assets_all_of (Airflow schedule: asset)',
  'snowflake:SHOP.PUBLIC.CUSTOMERS → assets_any_of (Airflow schedule: asset)',
];

describe('lineage', () => {
  it('of Airflow 3 is what assets and the dependencies of DAGs say', async () => {
    expect(edgesOf(await read[3])).toEqual(
      [
        ...common,
        'assets_named → postgres:shop.public.named (Airflow task write: outlet)',
        'assets_producer → assets_of_alias (Airflow asset alias: rejected-orders)',
        'assets_producer → lake/rejected/orders.csv (Airflow task write_alias: outlet) run',
        'assets_producer → ops.waiting (Airflow sensor: wait_for_dag)',
        'derived_scores → lake/derived/scores.parquet (Airflow task derived_scores: outlet)',
        'ops.parent → ops.child (Airflow trigger: start_child)',
        'ops.parent → ops.nowhere (elsewhere) (Airflow trigger: start_unknown)',
        'postgres:shop.public.orders → assets_all_of (Airflow task read: inlet)',
        'postgres:shop.public.orders → assets_any_of (Airflow task read: inlet)',
        'postgres:shop.public.orders → postgres:shop.mart.daily_sales by shop.orders.etl (Airflow task daily_sales: inlet and outlet)',
        'shop.orders.etl → ops.waiting (Airflow sensor: wait_for_sales)',
        'snowflake:SHOP.PUBLIC.CUSTOMERS → assets_all_of (Airflow task read: inlet)',
      ].sort(),
    );
  });

  it('of Airflow 2 knows no inlets, and of triggers and sensors what runs show', async () => {
    expect(edgesOf(await read[2])).toEqual(
      [
        ...common,
        'assets_producer → assets_of_alias (Airflow asset: s3://lake/rejected/orders.csv) run',
        'assets_producer → lake/rejected/orders.csv (Airflow task write_alias: outlet) run',
        'assets_producer → ops.waiting (Airflow sensor: wait_for_dag) run',
        'lake/rejected/orders.csv → assets_of_alias (Airflow schedule: asset)',
        'ops.parent → ops.child (Airflow trigger: start_child) run',
        'ops.parent → ops.child (Airflow trigger: start_templated) run',
        'ops.parent → ops.nowhere (elsewhere) (Airflow trigger: start_unknown) run',
        'shop.orders.etl → ops.waiting (Airflow sensor: wait_for_sales) run',
        'shop.orders.etl → postgres:shop.mart.daily_sales (Airflow task daily_sales: outlet)',
      ].sort(),
    );
  });

  it('of definitions is the same whatever runs are read: no run adds to an edge that is there without it', async () => {
    for (const major of majors) {
      const { events } = await readAirflow({ major }, { runs: false });
      const isDefinition = (text: string) => !text.endsWith(' run');
      expect(edgesOf(events).filter(isDefinition)).toEqual(edgesOf(await read[major]).filter(isDefinition));
      const ends = (isRun: boolean) => (event: SourceEvent) =>
        event.kind === 'lineage' && (event.edge.evidence === 'run') === isRun
          ? [JSON.stringify([event.edge.from, event.edge.to, event.edge.pipeline])]
          : [];
      const byRuns = (await read[major]).flatMap(ends(true));
      expect(byRuns.length).toBeGreaterThan(0);
      expect(byRuns.filter((each) => events.flatMap(ends(false)).includes(each))).toEqual([]);
    }
  });

  it('that only runs show is a gap where none is read', async () => {
    const gapsOf = async (major: 2 | 3) => {
      const { events } = await readAirflow({ major }, { runs: false });
      const gaps = events.flatMap((event) => (event.kind === 'unresolved' ? [event.gap] : []));
      const linked = events.find((event) => event.kind === 'linked');
      return { gaps: gaps.map(({ pipeline, task, reason }) => `${pipeline}.${task} ${reason}`).sort(), linked };
    };
    expect(await gapsOf(3)).toEqual({
      gaps: ['assets_all_of.read connection', 'ops.parent.start_templated template'],
      linked: { kind: 'linked', scope: {}, except: { from: ['ops.parent'], into: [] } },
    });
    expect(await gapsOf(2)).toEqual({
      gaps: [
        'assets_all_of.read connection',
        'ops.parent.start_child hidden',
        'ops.parent.start_templated hidden',
        'ops.parent.start_unknown hidden',
        'ops.waiting.wait_for_dag hidden',
        'ops.waiting.wait_for_sales hidden',
      ],
      linked: { kind: 'linked', scope: {}, except: { from: ['ops.parent'], into: ['ops.waiting'] } },
    });
  });

  it('is not called whole where a part of it is refused', async () => {
    const refused = { path: /\/ui\/dependencies/, effect: { kind: 'status', status: 403 } } as const;
    const { events } = await readAirflow({ major: 3, faults: [refused] });
    expect(events.some((event) => event.kind === 'linked')).toBe(false);
    expect(edgesOf(events)).toContain('ops.parent → ops.child (Airflow trigger: start_child) run');
  });
});
