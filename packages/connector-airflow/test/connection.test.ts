import { hintOf, verdictOf } from '@flowmeta/connector';
import { airflowDataset, startAirflowSandbox } from '@flowmeta/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, readAirflow, startAirflow, window } from './stand-in.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

async function stepsOf(major: 2 | 3, config: object) {
  const server = await startAirflow({ major });
  const connector = connect(server.url, { config });
  opened.push(connector, server);
  const steps: Record<string, string> = {};
  for await (const { name, status, hint } of connector.check())
    steps[name] = hint === undefined ? status : `${status}: ${hint}`;
  return steps;
}

const skipped = { runs: 'skipped', lineage: 'skipped', 'import errors': 'skipped' };

describe.each([2, 3] as const)('a connection to Airflow %s', (major) => {
  it('says that the password is wrong', async () => {
    expect(await stepsOf(major, { password: 'wrong' })).toMatchObject({
      reach: 'passed',
      'list DAGs': expect.stringMatching(/^failed: Check `username` and `password`/),
      ...skipped,
    });
  });

  it('says that the token is wrong', async () => {
    const steps = await stepsOf(major, { username: undefined, password: undefined, token: 'of.another.server' });
    expect(steps).toMatchObject({
      reach: 'passed',
      'list DAGs': expect.stringMatching(/^failed: Check `token`/),
      ...skipped,
    });
  });

  it('says that a sign-in is wanted', async () => {
    const steps = await stepsOf(major, { username: undefined, password: undefined });
    expect(steps['list DAGs']).toMatch(/^failed: Airflow wants a sign-in/);
  });
});

it.each([2, 3] as const)('says which role a user of Airflow %s needs who may read nothing', async (major) => {
  const faults = [
    { path: /\/dags\?/, effect: { kind: 'status', status: 403, body: { detail: 'Forbidden' } } } as const,
  ];
  const server = await startAirflow({ major, faults });
  const connector = connect(server.url);
  opened.push(connector, server);
  const hints: Record<string, string | undefined> = {};
  for await (const { name, hint } of connector.check()) hints[name] = hint;
  expect(hints['list DAGs']).toContain('role `Viewer`');
});

it('signs in anew when the token of Airflow 3 has run out', async () => {
  let refusals = 0;
  const server = await startAirflowSandbox({
    dataset: airflowDataset(3),
    auth: { username: 'catalog', password: 'Sup3r-s3cret-value' },
    faults: [
      {
        path: /\/dags\/ops\.child\/tasks$/,
        times: 1,
        effect: {
          kind: 'rewrite',
          rewrite: () => {
            refusals += 1;
            return { status: 403, json: { detail: 'Invalid JWT token' } };
          },
        },
      },
    ],
  });
  const connector = connect(server.url);
  opened.push(connector, server);
  const names = new Set<string>();
  for await (const event of connector.read({ ...window, runs: false })) {
    if (event.kind === 'pipeline') names.add(event.pipeline.name);
  }
  expect(refusals).toBe(1);
  expect(names).toContain('ops.child');
  expect(server.requestCounts()['POST /auth/token']).toBe(2);
});

it('says that another server is no Airflow', async () => {
  const server = await startAirflow({
    major: 3,
    faults: [{ path: /\/version$/, effect: { kind: 'status', status: 404 } }],
  });
  const connector = connect(server.url);
  opened.push(connector, server);
  const error: unknown = await connector
    .read(window)
    [Symbol.asyncIterator]()
    .next()
    .catch((thrown: unknown) => thrown);
  expect(String(error)).toContain('is no Airflow');
  expect(hintOf(error)).toContain('without the path of a page');
  expect(verdictOf(error)).toBe('fatal');
});

it('ends a read of a server that does not look at filters', async () => {
  const reading = readAirflow({ major: 3 }, { since: Date.UTC(2026, 10, 22, 15, 33) });
  await expect(reading).resolves.toBeDefined();
  const ignoring = readAirflow(
    {
      major: 3,
      faults: [
        {
          path: /dagRuns\?/,
          effect: {
            kind: 'rewrite',
            rewrite: (answer) => ({ ...answer, json: { dag_runs: airflowDataset(3).runs, total_entries: 42 } }),
          },
        },
      ],
    },
    { since: Date.UTC(2026, 10, 22, 15, 33) },
  );
  await expect(ignoring).rejects.toThrow('does not look at the filters');
});

it('reads each run by itself where a request for several fails', async () => {
  const faults = [{ path: /taskInstances\/list/, effect: { kind: 'status', status: 400 } }] as const;
  const whole = await readAirflow({ major: 3 });
  const single = await readAirflow({ major: 3, faults: [...faults] });
  const runs = ({ events }: typeof whole) =>
    events.flatMap((event) =>
      // Addresses have another port.
      event.kind === 'run' ? [JSON.parse(JSON.stringify(event.run).replace(/127\.0\.0\.1:\d+/g, ''))] : [],
    );
  expect(runs(single)).toEqual(runs(whole));
});

it('reads runs of before the window that were open, and those that are', async () => {
  const since = Date.UTC(2026, 10, 22, 15, 36);
  const remembered = { pipeline: 'states_retry', startedAt: since - 1 };
  const { events } = await readAirflow(
    { major: 3 },
    {
      since,
      openRuns: true,
      refresh: [
        { ...remembered, run: 'states_retry/manual__2026-11-22T15:31:46.309210+00:00' },
        { ...remembered, run: 'states_retry/purged' },
      ],
    },
  );
  const runs = events.flatMap((event) => (event.kind === 'run' ? [event.run.pipeline] : []));
  expect(runs.sort()).toEqual(['ops.waiting', 'states_retry', 'states_slow']);
  expect(events.filter(({ kind }) => kind === 'gone')).toEqual([{ kind: 'gone', run: 'states_retry/purged' }]);
});

it('leaves out what the workflow does not want', async () => {
  const selection = { pipelineFilterPattern: { includes: ['shop', 'states'] }, includeUnDeployedPipelines: false };
  const { events } = await readAirflow({ major: 3 }, {}, { context: { selection } });
  const names = events.flatMap((event) => (event.kind === 'pipeline' ? [event.pipeline.name] : []));
  expect(names).toEqual(['shop.orders.etl', 'shop_flow_control', 'states_failed', 'states_retry', 'states_slow']);
  const reasons = events.flatMap((event) =>
    event.kind === 'filtered' && event.ref === 'states_never_run' ? [event.reason] : [],
  );
  expect(reasons).toEqual(['it is paused, and includeUnDeployedPipelines is false']);
});
