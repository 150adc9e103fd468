import { afterEach, describe, expect, it } from 'vitest';
import { fqn, type Harness, startHarness, statusOf } from './sink-harness.js';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});
const start = async (version = '1.6'): Promise<Harness> => {
  harness = await startHarness({ version });
  return harness;
};
const name = 'company.team.daily';
const at = 1_795_300_000_000;
const many = (count: number, first = at) => Array.from({ length: count }, (_, index) => statusOf(first + index * 1000));
const nothing = { created: 0, updated: 0, unchanged: 0, failed: 0, findings: [] };

describe.each(['1.2', '1.6', '1.12', '2.0'])('statuses in OpenMetadata %s', (version) => {
  it('are written once; a second pass only reads', async () => {
    const { open, draft, sandbox, sent } = await start(version);
    const first = await open();
    await first.writePipeline(draft());
    sent();
    expect(await first.writeStatuses(name, many(5))).toEqual({ ...nothing, created: 5 });
    // Made by this run, so there is nothing to compare with.
    expect(sent().filter((request) => request.startsWith('GET'))).toEqual([]);
    expect(sandbox.catalog.statuses(fqn)).toHaveLength(5);

    const second = await open();
    await second.writePipeline(draft());
    const changes = sandbox.catalog.changes();
    sent();
    expect(await second.writeStatuses(name, many(5))).toEqual({ ...nothing, unchanged: 5 });
    expect(sent()).toHaveLength(1);
    expect(sandbox.catalog.changes()).toBe(changes);
  });

  it('are updated where they differ, made where they are missing', async () => {
    const { open, draft, sandbox } = await start(version);
    const first = await open();
    await first.writePipeline(draft());
    const running = statusOf(at + 2000, { executionStatus: 'Pending', taskStatus: [] });
    await first.writeStatuses(name, [...many(2), running]);
    const second = await open();
    await second.writePipeline(draft());
    expect(await second.writeStatuses(name, many(4))).toEqual({ ...nothing, created: 1, updated: 1, unchanged: 2 });
    expect(sandbox.catalog.statuses(fqn).map(({ executionStatus }) => executionStatus)).toEqual(
      Array(4).fill('Successful'),
    );
  });

  it('leave out a task that the pipeline does not have, and say so', async () => {
    const { open, draft, sandbox } = await start(version);
    const sink = await open();
    await sink.writePipeline(draft());
    const gone = { name: 'gone', executionStatus: 'Successful' as const };
    const odd = statusOf(at + 1000);
    const result = await sink.writeStatuses(name, [statusOf(at), { ...odd, taskStatus: [gone, ...odd.taskStatus] }]);
    expect(result).toMatchObject({
      created: 2,
      failed: 0,
      findings: [{ ref: name, message: expect.stringContaining('no task gone') }],
    });
    expect(sandbox.catalog.statuses(fqn).map(({ taskStatus }) => (taskStatus as unknown[]).length)).toEqual([1, 1]);
  });

  it('of a pipeline without tasks have none', async () => {
    const { open, draft, sandbox } = await start(version);
    const sink = await open();
    await sink.writePipeline(draft({ tasks: [], edges: [] }));
    expect(await sink.writeStatuses(name, [statusOf(at)])).toEqual({ ...nothing, created: 1 });
    expect(sandbox.catalog.statuses(fqn)[0]?.taskStatus).toEqual([]);
  });
});

describe('statuses', () => {
  const statusRequests = (requests: string[]) => requests.filter((request) => /PUT .*status/.test(request));

  it('go out in bulk, a hundred at a time, where the server has that', async () => {
    const { open, draft, sandbox, sent } = await start('1.12');
    const sink = await open();
    await sink.writePipeline(draft());
    sent();
    expect(await sink.writeStatuses(name, many(250))).toEqual({ ...nothing, created: 250 });
    expect(statusRequests(sent()).map((request) => request.endsWith('/bulk'))).toEqual([true, true, true]);
    expect(sandbox.catalog.statuses(fqn)).toHaveLength(250);
    await sink.writeStatuses(name, many(1, at + 999_000));
    expect(statusRequests(sent()).map((request) => request.endsWith('/bulk'))).toEqual([false]);
  });

  it('go out one by one when told so, and on servers without bulk', async () => {
    for (const [version, statusMode] of [
      ['1.12', 'single'],
      ['1.6', 'bulk'],
    ] as const) {
      const { open, draft, sent, close } = await start(version);
      const sink = await open({ statusMode });
      await sink.writePipeline(draft());
      sent();
      expect(await sink.writeStatuses(name, many(3))).toEqual({ ...nothing, created: 3 });
      expect(statusRequests(sent()).every((request) => request.endsWith('/status'))).toBe(true);
      await close();
      harness = undefined;
    }
  });

  it.each([
    ['405', 405, { code: 405, message: 'HTTP 405 Method Not Allowed' }],
    ['404 of a path', 404, { code: 404, message: 'HTTP 404 Not Found' }],
    [
      '500 that means 404',
      500,
      { responseMessage: 'An exception with message [HTTP 404 Not Found] was thrown while processing request.' },
    ],
  ])('fall back to single writes for the rest of the run when bulk answers %s', async (_, status, body) => {
    const { open, draft, sandbox, sent } = await start('1.12');
    const sink = await open();
    await sink.writePipeline(draft());
    sandbox.setFaults([{ path: /status\/bulk/, effect: { kind: 'status', status, body } }]);
    expect(await sink.writeStatuses(name, many(150))).toEqual({ ...nothing, created: 150 });
    sent();
    expect(await sink.writeStatuses(name, many(3, at + 999_000))).toEqual({ ...nothing, created: 3 });
    expect(sent().some((request) => request.endsWith('/bulk'))).toBe(false);
  });

  it('with one timestamp never go out in one body: one is written, the other is reported', async () => {
    const { open, draft, sandbox } = await start('1.12');
    const sink = await open();
    await sink.writePipeline(draft());
    const failed = statusOf(at, { executionStatus: 'Failed' });
    const result = await sink.writeStatuses(name, [statusOf(at), failed, statusOf(at + 1)]);
    expect(result).toMatchObject({
      created: 2,
      failed: 1,
      findings: [{ message: expect.stringContaining('one timestamp') }],
    });
    expect(sandbox.catalog.statuses(fqn).map(({ executionStatus }) => executionStatus)).toEqual([
      'Successful',
      'Failed',
    ]);
  });

  it.each([
    ['404 about the pipeline', { status: 404, message: 'pipeline instance for kestra.x not found' }],
    ['400', { status: 400, message: 'one of them is wrong' }],
    ['503', { status: 503, message: 'busy' }],
  ])('go out in bulk again after one body was refused with %s', async (_, { status, message }) => {
    const { open, draft, sandbox, sent } = await start('1.12');
    const sink = await open({}, { retry: { retries: 0 } });
    await sink.writePipeline(draft());
    const effect = { kind: 'status' as const, status, body: { code: status, message } };
    sandbox.setFaults([{ path: /status\/bulk/, times: 1, effect }]);
    sent();
    expect(await sink.writeStatuses(name, many(102))).toEqual({ ...nothing, created: 102 });
    const [refused, ...others] = statusRequests(sent());
    expect(refused).toMatch(/bulk$/);
    expect(others.filter((request) => request.endsWith('/status'))).toHaveLength(100);
    expect(others.at(-1)).toMatch(/bulk$/);
  });

  it('end the run at once, and are not tried one by one, when the token is refused', async () => {
    const { open, draft, sandbox, sent } = await start('1.12');
    const sink = await open();
    await sink.writePipeline(draft());
    const body = { code: 401, message: 'Not Authorized! Invalid Token' };
    sandbox.setFaults([{ path: /status\/bulk/, effect: { kind: 'status', status: 401, body } }]);
    sent();
    await expect(sink.writeStatuses(name, many(3))).rejects.toMatchObject({ verdict: 'fatal' });
    expect(statusRequests(sent()).every((request) => request.endsWith('/bulk'))).toBe(true);
  });

  it('end the run when the token is refused for a single one', async () => {
    const { open, draft, sandbox } = await start();
    const sink = await open();
    await sink.writePipeline(draft());
    const body = { code: 401, message: 'Not Authorized! Invalid Token' };
    sandbox.setFaults([{ method: 'PUT', path: /\/status$/, effect: { kind: 'status', status: 401, body } }]);
    await expect(sink.writeStatuses(name, many(1))).rejects.toMatchObject({ verdict: 'fatal' });
  });

  it('are compared with all of their window, in whichever order they come', async () => {
    const { open, draft, sandbox } = await start();
    const first = await open();
    await first.writePipeline(draft());
    await first.writeStatuses(name, many(4));
    const shuffled = [2, 0, 3, 1].map((index) => statusOf(at + index * 1000));
    const before = sandbox.requests.length;
    expect(await (await open()).writeStatuses(name, shuffled)).toEqual({ ...nothing, unchanged: 4 });
    const reads = sandbox.requests.slice(before).filter(({ path }) => path.endsWith('/status'));
    expect(reads.map(({ query }) => Object.fromEntries(new URLSearchParams(query)))).toEqual([
      { startTs: String(at), endTs: String(at + 3000) },
    ]);
  });

  it('with very many tasks go out in smaller bodies', async () => {
    const { open, draft, sandbox } = await start('1.12');
    const sink = await open({ statusMode: 'bulk' });
    await sink.writePipeline(draft());
    const [task] = statusOf(at).taskStatus;
    const large = many(5).map((status) => ({ ...status, taskStatus: Array.from({ length: 700 }, () => task!) }));
    expect(await sink.writeStatuses(name, large)).toMatchObject({ created: 5 });
    const bodies = sandbox.requests.filter(({ path }) => path.endsWith('/bulk')).map(({ body }) => body as unknown[]);
    expect(bodies.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(await sink.writeStatuses(name, many(1, at + 999_000))).toMatchObject({ created: 1 });
    expect(sandbox.requests.at(-1)?.path).toMatch(/bulk$/);
  });

  it('that one of them is refused do not take the others with it', async () => {
    const { open, draft } = await start('1.12');
    const sink = await open();
    await sink.writePipeline(draft());
    const bad = statusOf(at + 500, {
      taskStatus: [{ name: 'extract', executionStatus: 'Successful', logLink: 'no link' }],
    });
    const result = await sink.writeStatuses(name, [...many(3), bad]);
    expect(result).toMatchObject({ created: 3, failed: 1 });
    expect(result.findings).toHaveLength(1);
  });

  it('are not written for a pipeline that the catalog does not have', async () => {
    const { open, sent } = await start();
    const sink = await open();
    sent();
    expect(await sink.writeStatuses('company.team.unknown', many(2))).toMatchObject({
      failed: 2,
      findings: [{ ref: 'company.team.unknown' }],
    });
    expect(sent()).toEqual([]);
  });

  it('are left alone when the pipeline was deleted in OpenMetadata', async () => {
    const { open, draft, request, stored, sent } = await start();
    await (await open()).writePipeline(draft());
    await request('DELETE', `/pipelines/${stored().id}`, { as: 'admin' });
    const sink = await open();
    await sink.writePipeline(draft());
    sent();
    expect(await sink.writeStatuses(name, many(2))).toEqual({ ...nothing, unchanged: 2 });
    expect(sent()).toEqual([]);
  });

  it('need no pipeline write in this run when the catalog has the pipeline', async () => {
    const { open, draft } = await start();
    await (await open()).writePipeline(draft());
    expect(await (await open()).writeStatuses(name, many(2))).toEqual({ ...nothing, created: 2 });
  });
});
