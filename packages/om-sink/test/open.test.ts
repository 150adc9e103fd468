import { afterEach, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './sink-harness.js';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});
const start = async (version = '1.6'): Promise<Harness> => {
  harness = await startHarness({ version });
  return harness;
};
const connection = { config: { type: 'CustomPipeline' } };

describe.each(['1.2', '1.6', '2.0'])('opening a sink for OpenMetadata %s', (version) => {
  it('makes the service with a connection, and finds it the next time', async () => {
    const { sink, sandbox, sent } = await start(version);
    const server = await sink({ serviceDescription: 'Flows of Kestra.' }).open();
    expect(server).toMatchObject({ service: 'kestra', knownPipelines: 0, capabilities: { version } });
    expect(server.version).toMatch(new RegExp(`^${version.replace('.', '\\.')}`));
    expect(sandbox.catalog.services()).toEqual([
      expect.objectContaining({
        name: 'kestra',
        serviceType: 'CustomPipeline',
        description: 'Flows of Kestra.',
        connection,
      }),
    ]);
    const changes = sandbox.catalog.changes();
    sent();
    await sink().open();
    expect(sent()).toEqual([
      'GET /system/version',
      'GET /users/loggedInUser',
      'GET /services/pipelineServices/name/kestra',
      'GET /pipelines',
    ]);
    expect(sandbox.catalog.changes()).toBe(changes);
  });

  it('refuses a service that a person deleted, and says how to bring it back', async () => {
    const { open, sink, sandbox, request, draft } = await start(version);
    await (await open()).writePipeline(draft());
    const id = sandbox.catalog.services()[0]?.id;
    await request('DELETE', `/services/pipelineServices/${id}?recursive=true&hardDelete=false`, { as: 'admin' });
    const changes = sandbox.catalog.changes();
    await expect(sink().open()).rejects.toMatchObject({
      verdict: 'fatal',
      message: expect.stringContaining('was deleted'),
      hint: expect.stringContaining(String(id)),
    });
    expect(sandbox.catalog.changes()).toBe(changes);
  });
});

describe('opening a sink', () => {
  it('does not touch a service that only looks absent for a moment', async () => {
    const { sink, request, sandbox } = await start();
    const own = { config: { type: 'CustomPipeline', sourcePythonClass: 'kept.by.People' } };
    await request('PUT', '/services/pipelineServices', {
      body: { name: 'kestra', serviceType: 'CustomPipeline', connection: own },
    });
    const body = { code: 404, message: 'pipelineService instance for kestra not found' };
    sandbox.setFaults([
      { method: 'GET', path: /pipelineServices/, times: 1, effect: { kind: 'status', status: 404, body } },
    ]);
    await sink().open();
    expect(sandbox.catalog.services()).toEqual([expect.objectContaining({ connection: own })]);
  });

  it("refuses another source's service", async () => {
    const { sink, request } = await start();
    const airflow = {
      name: 'kestra',
      serviceType: 'Airflow',
      connection: {
        config: { type: 'Airflow', hostPort: 'http://a', numberOfStatus: 1, connection: { type: 'Backend' } },
      },
    };
    expect((await request('PUT', '/services/pipelineServices', { body: airflow })).status).toBe(201);
    await expect(sink().open()).rejects.toMatchObject({
      verdict: 'fatal',
      message: expect.stringContaining('Airflow'),
    });
  });

  it('reads every page of what the service holds, soft-deleted ones too, and none of other services', async () => {
    const { open, sink, request, draft, stored } = await start();
    const first = await open();
    const names = Array.from({ length: 620 }, (_, index) => `ns.flow_${index}`);
    await Promise.all(names.map((name) => first.writePipeline(draft({ name, labels: [] }))));
    await request('DELETE', `/pipelines/${stored('ns.flow_7').id}`, { as: 'admin' });
    await request('PUT', '/services/pipelineServices', {
      body: { name: 'other', serviceType: 'CustomPipeline', connection },
    });
    await request('PUT', '/pipelines', { body: { name: 'ns.flow_1', service: 'other' } });
    const again = sink();
    expect(await again.open()).toMatchObject({ knownPipelines: 620 });
    const outcomes = await Promise.all(names.map((name) => again.writePipeline(draft({ name, labels: [] }))));
    const count = (outcome: string) => outcomes.filter((result) => result.outcome === outcome).length;
    expect([count('unchanged'), count('kept'), count('created')]).toEqual([619, 1, 0]);
  });

  it('does not trust a list that is shorter than its own total', async () => {
    const { open, sink, draft, sandbox } = await start();
    await (await open()).writePipeline(draft());
    const body = { data: [], paging: { total: 1 } };
    sandbox.setFaults([{ method: 'GET', path: /\/pipelines\?/, effect: { kind: 'status', status: 200, body } }]);
    await expect(sink().open()).rejects.toMatchObject({
      verdict: 'fatal',
      message: expect.stringContaining('0 of the 1'),
    });
  });

  it("does not trust a list of another service's pipelines", async () => {
    const { sink, sandbox } = await start();
    const foreign = {
      id: 'x',
      name: 'p',
      fullyQualifiedName: 'other.p',
      service: { name: 'other', fullyQualifiedName: 'other' },
    };
    const body = { data: [foreign], paging: { total: 1 } };
    sandbox.setFaults([{ method: 'GET', path: /\/pipelines\?/, effect: { kind: 'status', status: 200, body } }]);
    await expect(sink().open()).rejects.toMatchObject({ verdict: 'fatal', kind: 'wrong-answer' });
  });

  it('looks pipelines up one by one where a half-created one breaks every list', async () => {
    const { open, sink, draft, sandbox } = await start('1.2');
    await (await open()).writePipeline(draft());
    const message =
      'Entity type pipeline 6eef8c47 does not have expected relationship contains to/from entity type null';
    const body = { code: 500, message: `An exception with message [${message}] was thrown while processing request.` };
    sandbox.setFaults([{ method: 'GET', path: /\/pipelines\?/, effect: { kind: 'status', status: 500, body } }]);
    const again = sink();
    await again.open();
    expect((await again.writePipeline(draft())).outcome).toBe('unchanged');
    expect((await again.writePipeline(draft({ name: 'new' }))).outcome).toBe('created');
    expect(again.summary().findings).toEqual([
      expect.objectContaining({ message: expect.stringContaining('half-created') }),
    ]);
  });

  it('ends at once with a wrong token', async () => {
    const { sink, sent } = await start();
    await expect(sink({}, { jwtToken: 'wrong' }).open()).rejects.toMatchObject({ kind: 'sign-in', verdict: 'fatal' });
    expect(sent()).toEqual(['GET /system/version', 'GET /users/loggedInUser']);
  });

  it('ends with the reason, and what was asked for, when the bot may not look at the service', async () => {
    const { sink, sandbox } = await start();
    const body = { code: 403, message: 'operations [ViewAll] not allowed' };
    sandbox.setFaults([{ path: /pipelineServices/, effect: { kind: 'status', status: 403, body } }]);
    const made = sink();
    await expect(made.open()).rejects.toMatchObject({
      kind: 'forbidden',
      verdict: 'fatal',
      status: 403,
      message: expect.stringContaining('ViewAll'),
      hint: expect.any(String),
      request: 'GET /services/pipelineServices/name/kestra',
    });
  });

  it('ends with a hint when a page of HTML answers', async () => {
    const { sink, sandbox } = await start();
    sandbox.setFaults([{ effect: { kind: 'html' } }]);
    await expect(sink().open()).rejects.toMatchObject({ kind: 'not-openmetadata', verdict: 'fatal' });
  });

  it('warns about a version that is newer than all it knows', async () => {
    const { sink, sandbox } = await start('2.0');
    const body = { version: '3.1.0' };
    sandbox.setFaults([{ path: /system\/version/, effect: { kind: 'status', status: 200, body } }]);
    const made = sink();
    expect(await made.open()).toMatchObject({ version: '3.1.0', capabilities: { verified: false } });
    expect(made.summary().findings).toEqual([expect.objectContaining({ message: expect.stringContaining('3.1') })]);
  });

  it('ends for a version that is too old', async () => {
    const { sink, sandbox } = await start();
    const body = { version: '1.1.5' };
    sandbox.setFaults([{ path: /system\/version/, effect: { kind: 'status', status: 200, body } }]);
    await expect(sink().open()).rejects.toMatchObject({ verdict: 'fatal' });
  });

  it('warns when the token is that of a person', async () => {
    const { sandbox, sink } = await start();
    const made = sink({}, { jwtToken: `${sandbox.token}.admin` });
    await made.open();
    expect(made.summary().findings).toEqual([expect.objectContaining({ ref: 'user admin' })]);
  });

  it('survives a database that restarts while pipelines are written', async () => {
    const { open, draft, sandbox } = await start('1.2');
    const sink = await open();
    const fault = (status: number, message: string, times: number) => ({
      method: 'PUT',
      path: /\/pipelines$/,
      times,
      effect: { kind: 'status' as const, status, body: { code: status, message } },
    });
    sandbox.setFaults([
      fault(401, 'Not Authorized! Invalid Token', 5),
      fault(404, 'pipelineService instance for kestra not found', 12),
    ]);
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const results = await Promise.all(names.map((name) => sink.writePipeline(draft({ name }))));
    expect(results.map(({ outcome }) => outcome)).toEqual(names.map(() => 'created'));
  });

  it('ends the run when the database stays away', async () => {
    const { open, draft, sandbox } = await start('1.2');
    const sink = await open();
    const body = { code: 401, message: 'Not Authorized! Invalid Token' };
    sandbox.setFaults([{ effect: { kind: 'status', status: 401, body } }]);
    await expect(sink.writePipeline(draft())).rejects.toMatchObject({ kind: 'outage', verdict: 'fatal' });
  });

  it('holds connections, which go when the sink is closed', async () => {
    const { open, draft } = await start();
    const made = await open();
    await made.close();
    await expect(made.writePipeline(draft())).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('and using it before is a mistake that is named; after an abort nothing is sent', async () => {
    const stop = new AbortController();
    const { sink, draft, sent } = await start();
    const made = sink({ signal: stop.signal });
    expect(() => made.writePipeline(draft())).toThrow('before open()');
    await made.open();
    sent();
    stop.abort(new Error('stopped'));
    expect(() => made.writePipeline(draft())).toThrow('stopped');
    expect(sent()).toEqual([]);
  });
});
