import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type KestraDataset,
  type KestraSandbox,
  type OpenMetadataSandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { openMemory } from '@flowmeta/state';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './fake-host.js';
import { shownOf } from './shown-catalog.js';
import {
  endRun,
  endWatches,
  recentDataset,
  startRun,
  startWatch,
  until,
  type Watching,
  writeWatchConfig,
} from './watching.js';

const patience = { timeout: 600_000 };

let directory: string;
let dataset: KestraDataset;
let kestra: KestraSandbox;
let openMetadata: OpenMetadataSandbox;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-watch-'));
  dataset = recentDataset();
  kestra = await startKestraSandbox({ dataset, now: Date.now });
  openMetadata = await startOpenMetadataSandbox({ version: '1.6', now: Date.now });
  await writeWatchConfig(directory, { kestra, openMetadata });
});
afterEach(async () => {
  endWatches();
  await Promise.all([kestra.close(), openMetadata.close()]);
  await rm(directory, { recursive: true });
});

const names = () =>
  openMetadata.catalog
    .pipelines()
    .filter(({ deleted }) => deleted !== true)
    .map(({ name }) => name);
const writes = () => openMetadata.requests.filter(({ method }) => method !== 'GET').length;
/** What the catalog says of a run; 1.6 knows it by its start. */
const statusOf = ({ namespace, flowId, state }: KestraDataset['executions'][number]) =>
  openMetadata.catalog
    .statuses(`k."${namespace}.${flowId}"`)
    .find(({ timestamp }) => timestamp === Date.parse((state as { startDate: string }).startDate))?.executionStatus;

/** Waits for so many cycles more to end well. */
async function cycles(watching: Watching, count: number): Promise<void> {
  const done = () => watching.metric('flowmeta_watch_cycles_total{outcome="done"}');
  const before = await done();
  await until(async () => expect(await done()).toBeGreaterThanOrEqual(before + count));
}

/** The catalog is as one clean run leaves it. */
async function expectAsClean(): Promise<void> {
  const clean = await startOpenMetadataSandbox({ version: '1.6', now: Date.now });
  try {
    const other = await mkdtemp(join(tmpdir(), 'flowmeta-clean-'));
    await writeWatchConfig(other, { kestra, openMetadata: clean });
    const { exitCode, stderr } = await run(['ingest', '-c', 'kestra.yaml', '--no-progress'], { directory: other });
    expect(exitCode, stderr).toBe(0);
    expect(shownOf(openMetadata, 'k')).toEqual(shownOf(clean, 'k'));
    await rm(other, { recursive: true });
  } finally {
    await clean.close();
  }
}

describe('watch', () => {
  it(
    'brings over what appears, changes, ends and goes at the source, and writes nothing in between',
    patience,
    async () => {
      const [hidden] = dataset.flows.splice(5, 1);
      dataset.executions = dataset.executions.filter(({ flowId }) => flowId !== hidden!.flow.id);
      kestra.setDataset(dataset);
      const watching = await startWatch(directory);
      await until(() => expect(names()).toHaveLength(11));
      await cycles(watching, 1);
      expect((await watching.get('/readyz')).status).toBe(200);

      const [before, asked] = [writes(), openMetadata.requests.length];
      await cycles(watching, 2);
      expect(writes()).toBe(before);
      expect(openMetadata.requests.length - asked).toBeLessThan(30);

      const run = startRun(dataset, dataset.flows[2]!.flow.id, 'new-run');
      kestra.setDataset(dataset);
      await until(() => expect(statusOf(run)).toBe('Pending'));
      const told = openMetadata.requests.length;
      await cycles(watching, 2);
      // It is known to be there: nothing is written, and nothing about it is asked.
      const since = openMetadata.requests.slice(told);
      expect(since.filter(({ method, path }) => method !== 'GET' || path.includes('/status'))).toEqual([]);
      endRun(run);
      dataset.flows.push(hidden!);
      dataset.flows[0]!.flow.description = 'Now with words';
      kestra.setDataset(dataset);
      await until(() => {
        expect(statusOf(run)).toBe('Successful');
        expect(names()).toHaveLength(12);
        expect(
          openMetadata.catalog.pipelines().filter(({ description }) => description === 'Now with words'),
        ).toHaveLength(1);
      });

      const [gone] = dataset.flows.splice(3, 1);
      dataset.executions = dataset.executions.filter(({ flowId }) => flowId !== gone!.flow.id);
      kestra.setDataset(dataset);
      await until(() => expect(names()).not.toContain(`${gone!.flow.namespace}.${gone!.flow.id}`));

      await cycles(watching, 1);
      watching.signal('SIGTERM');
      expect(await watching.ended).toBe(143);
      const lines = watching.stderr();
      expect(lines).toMatch(/11 pipelines created, \d+ runs/);
      expect(lines).toContain('1 pipeline deleted');
      expect(lines).not.toContain('nothing new');
    },
  );

  it('reads its config again at SIGHUP, and keeps the old one where the new one is broken', patience, async () => {
    const watching = await startWatch(directory);
    await until(() => expect(names()).toHaveLength(12));
    const reloads = (result: string) => watching.metric(`flowmeta_watch_reloads_total{result="${result}"}`);

    await writeFile(join(directory, 'kestra.yaml'), 'source:\n  type: kestra\n  serviceNam: k\n');
    watching.signal('SIGHUP');
    await until(async () => expect(await reloads('refused')).toBe(1));
    expect(watching.stderr()).toContain('kestra.yaml:3:3');
    await cycles(watching, 1);
    expect((await watching.get('/readyz')).status).toBe(200);

    const { flow } = dataset.flows[4]!;
    await writeWatchConfig(
      directory,
      { kestra, openMetadata },
      { sourceConfig: { pipelineFilterPattern: { includes: ['['] } } },
    );
    watching.signal('SIGHUP');
    await until(async () => expect(await reloads('refused')).toBe(2));

    await writeWatchConfig(
      directory,
      { kestra, openMetadata },
      { sourceConfig: { pipelineFilterPattern: { excludes: [`.*${flow.id}$`] } } },
    );
    watching.signal('SIGHUP');
    await until(async () => expect(await reloads('taken')).toBe(1));
    await cycles(watching, 1);
    flow.description = 'Nobody asked for it';
    dataset.flows[0]!.flow.description = 'This was asked for';
    kestra.setDataset(dataset);
    const described = (text: string) =>
      openMetadata.catalog.pipelines().some(({ description }) => description === text);
    await until(() => expect(described('This was asked for')).toBe(true));
    expect(described('Nobody asked for it')).toBe(false);
    watching.signal('SIGINT');
    expect(await watching.ended).toBe(130);
  });

  it('takes the interval from the config, anew at SIGHUP', patience, async () => {
    await writeWatchConfig(directory, { kestra, openMetadata }, { workflowConfig: { watch: { interval: '1h' } } });
    const watching = await startWatch(directory, []);
    await until(async () => expect((await watching.get('/readyz')).status).toBe(200));
    expect(await watching.metric('flowmeta_watch_interval_seconds')).toBe(3600);
    await writeWatchConfig(directory, { kestra, openMetadata }, { workflowConfig: { watch: { interval: '2s' } } });
    watching.signal('SIGHUP');
    await cycles(watching, 2);
    expect(await watching.metric('flowmeta_watch_interval_seconds')).toBe(2);
  });

  it(
    'is not ready while a server is away, asks less and less, and is well again when it is back',
    patience,
    async () => {
      const watching = await startWatch(directory);
      await until(async () => expect((await watching.get('/readyz')).status).toBe(200));
      await kestra.close();
      const failures = () => watching.metric('flowmeta_watch_failures_in_a_row');
      await until(async () => expect(await failures()).toBeGreaterThanOrEqual(2));
      const { status, text } = await watching.get('/readyz');
      expect([status, text]).toEqual([503, expect.stringContaining('the last cycle failed')]);
      expect((await watching.get('/healthz')).status).toBe(200);
      expect(await watching.metric('flowmeta_watch_ready')).toBe(0);

      const meanwhile = startRun(dataset, dataset.flows[2]!.flow.id, 'meanwhile');
      kestra = await startKestraSandbox({ dataset, now: Date.now, port: Number(new URL(kestra.url).port) });
      await until(async () => expect((await watching.get('/readyz')).status).toBe(200));
      expect(await failures()).toBe(0);
      expect(watching.stderr()).toMatch(/all is well again after \d+ failed cycle/);
      expect(statusOf(meanwhile)).toBe('Pending');
      await expectAsClean();
    },
  );

  it('starts while OpenMetadata is away, and goes on when it is there', patience, async () => {
    await openMetadata.close();
    const watching = await startWatch(directory);
    await until(async () => {
      const { status, text } = await watching.get('/readyz');
      expect([status, text]).toEqual([503, expect.stringContaining('the last cycle failed')]);
    });
    openMetadata = await startOpenMetadataSandbox({
      version: '1.6',
      now: Date.now,
      port: Number(new URL(openMetadata.url).port),
    });
    await until(async () => expect((await watching.get('/readyz')).status).toBe(200));
    await expectAsClean();
  });

  it('ends a cycle at SIGTERM without harm', patience, async () => {
    openMetadata.setFaults([{ method: 'PUT', path: /pipelines/, after: 4, effect: { kind: 'delay', ms: 300 } }]);
    await writeWatchConfig(directory, { kestra, openMetadata }, { workflowConfig: { state: { path: 'state.json' } } });
    const watching = await startWatch(directory);
    await until(() => expect(names().length).toBeGreaterThan(3));
    expect((await watching.get('/readyz')).text).toContain('the first cycle has not ended yet');
    watching.signal('SIGTERM');
    expect(await watching.ended).toBe(143);
    openMetadata.setFaults([]);

    const next = await startWatch(directory);
    await until(async () => expect((await next.get('/readyz')).status).toBe(200));
    next.signal('SIGTERM');
    expect(await next.ended).toBe(143);
    await expectAsClean();
  });

  it(
    'puts cycles off while another run has the state, says so once, and goes on from the state',
    patience,
    async () => {
      await writeWatchConfig(
        directory,
        { kestra, openMetadata },
        { workflowConfig: { state: { path: 'state.json' } } },
      );
      const other = await openMemory({
        path: join(directory, 'state.json'),
        scope: 'another',
        now: Date.now,
        warn: () => {},
      });
      const watching = await startWatch(directory);
      await until(async () =>
        expect(await watching.metric('flowmeta_watch_cycles_total{outcome="put-off"}')).toBeGreaterThanOrEqual(3),
      );
      expect(watching.stderr().match(/put off/g)).toHaveLength(1);
      expect(names()).toEqual([]);
      await other.close();
      await until(async () => expect((await watching.get('/readyz')).status).toBe(200));
      watching.signal('SIGTERM');
      await watching.ended;

      const next = await startWatch(directory);
      await until(async () => expect((await next.get('/readyz')).status).toBe(200));
      const pipelines = (state: string) =>
        next.metric(`flowmeta_run_entities{service="k",connector="kestra",entity="pipelines",state="${state}"}`);
      expect([await pipelines('created'), await pipelines('unchanged')]).toEqual([0, 12]);
    },
  );

  it('shows few of its cycles in OpenMetadata', patience, async () => {
    await writeWatchConfig(directory, { kestra, openMetadata }, { workflowConfig: { reportToOpenMetadata: true } });
    const watching = await startWatch(directory);
    await cycles(watching, 2);
    const news = startRun(dataset, dataset.flows[2]!.flow.id, 'new-run');
    kestra.setDataset(dataset);
    await until(() => expect(statusOf(news)).toBe('Pending'));
    await cycles(watching, 1);
    const shown = openMetadata.requests.filter(
      ({ method, path }) => method === 'PUT' && path.endsWith('/pipelineStatus'),
    );
    expect(shown.map(({ body }) => (body as { pipelineState: string }).pipelineState)).toEqual(['success']);
  });

  it('refuses what can not work before it touches anything', patience, async () => {
    const exit = async (...args: string[]) => {
      const { exitCode, stderr } = await run(['watch', '-c', 'kestra.yaml', ...args], { directory });
      return [exitCode, stderr];
    };
    const taken = new URL(kestra.url).host;
    expect(await exit('--listen', taken)).toEqual([2, expect.stringContaining('EADDRINUSE')]);
    expect(await exit('--listen', 'here')).toEqual([2, expect.stringContaining('--listen here is no address')]);
    expect(await exit('--interval', '10')).toEqual([2, expect.stringContaining('30s')]);
    expect(await exit('--interval', '0.5s')).toEqual([2, expect.stringContaining('from 1s')]);
    const state = { path: 'no/such/directory/state.json' };
    await writeWatchConfig(directory, { kestra, openMetadata }, { workflowConfig: { state } });
    expect(await exit('--no-listen')).toContain(2);
    await writeFile(join(directory, 'kestra.yaml'), 'source: {}');
    expect(await exit('--no-listen')).toContain(2);
    expect(openMetadata.requests).toEqual([]);
  });
});
