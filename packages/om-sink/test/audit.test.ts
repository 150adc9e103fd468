import { mapEdge } from '@flowmeta/om-mapper';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type AuditEntry,
  createAudit,
  createDryRunClient,
  createOmClient,
  createOpenMetadataSink,
} from '../src/index.js';
import { startAnsweringServer } from './answering-server.js';
import { classification, fqn, type Harness, service, startHarness, statusOf } from './sink-harness.js';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const now = Date.UTC(2026, 10, 22, 12);
const edge = mapEdge(
  { from: { kind: 'pipeline', name: 'a' }, to: { kind: 'pipeline', name: 'b' }, description: 'Flow trigger' },
  { fqnOf: (name) => `kestra.${name}` },
);

async function start(version: string) {
  harness = await startHarness({ version });
  const { sandbox } = harness;
  const entries: AuditEntry[] = [];
  const sink = (change: { planned?: boolean } = {}) => {
    const client = createOmClient({ hostPort: sandbox.url, jwtToken: sandbox.token, retry: { baseDelayMs: 1 } });
    const audit = createAudit({ runId: 'run-1', now: () => now, write: (entry) => entries.push(entry), ...change });
    const below = change.planned ? createDryRunClient(client) : client;
    return createOpenMetadataSink(audit.over(below), { service, classification });
  };
  const taken = () => entries.splice(0).map((entry) => ({ ...entry }));
  return { ...harness, sink, taken, entries };
}

const line = ({ method, entityType, fqn: name, outcome }: AuditEntry) => `${method} ${entityType} ${name} ${outcome}`;

describe.each(['1.2', '1.6', '2.0'])('an audit of writes to OpenMetadata %s', (version) => {
  it('has every write that the server got, in order, and no read', async () => {
    const { sink, taken, draft, sandbox } = await start(version);
    const first = sink();
    await first.open();
    await first.writePipeline(draft());
    await first.writeStatuses('company.team.daily', [statusOf(1000)]);
    for (const name of ['a', 'b']) await first.writePipeline(draft({ name }));
    await first.writeEdge(edge);
    const entries = taken();
    expect(entries.map(line)).toEqual([
      'POST pipelineService kestra created',
      'PUT classification KestraLabels written',
      expect.stringMatching(/^PUT tag KestraLabels\..+ created$/),
      `PUT pipeline ${fqn} created`,
      `PUT pipelineStatus ${fqn} written`,
      'PUT pipeline kestra.a created',
      'PUT pipeline kestra.b created',
      'PUT lineage kestra.a → kestra.b created',
    ]);
    expect(entries).toHaveLength(sandbox.requests.filter(({ method }) => method !== 'GET').length);
    for (const { time, runId, hashBefore } of entries) {
      expect([time, runId, hashBefore]).toEqual(['2026-11-22T12:00:00.000Z', 'run-1', undefined]);
    }
    // The first write of all comes after the sign-in.
    expect(new Set(entries.map(({ principal }) => principal))).toEqual(new Set(['ingestion-bot']));
    await first.close();
  });

  it('tells by the hashes what changed, from one run to the next', async () => {
    const { sink, taken, draft } = await start(version);
    const first = sink();
    await first.open();
    for (const name of ['a', 'b']) await first.writePipeline(draft({ name }));
    await first.writeStatuses('a', [statusOf(1000)]);
    await first.writeEdge(edge);
    await first.close();
    const before = new Map(taken().map((entry) => [`${entry.entityType} ${entry.fqn}`, entry.hashAfter]));

    const second = sink();
    await second.open();
    await second.writePipeline(draft({ name: 'a' }));
    await second.writePipeline(draft({ name: 'b', sourceUrl: 'https://kestra.example.com/other' }));
    await second.writeStatuses('a', [statusOf(1000, { executionStatus: 'Failed' })]);
    await second.removeEdges('kestra.a', () => true);
    const entries = taken();
    expect(entries.map(line)).toEqual([
      'PUT pipeline kestra.b updated',
      'PUT pipelineStatus kestra.a written',
      'DELETE lineage kestra.a → kestra.b deleted',
    ]);
    for (const entry of entries) {
      expect(entry.hashBefore).toBe(before.get(`${entry.entityType} ${entry.fqn}`));
      expect(entry.hashBefore).toMatch(/^(fm1\S{29}|sha256:[0-9a-f]{64})$/);
      expect(entry.hashAfter).not.toBe(entry.hashBefore);
    }
    expect(entries[0]?.hashAfter).toMatch(/^fm1/);
    expect(entries[1]?.key).toBe('1000');
    await second.close();
  });

  it('of a dry run tells what would be written', async () => {
    const { sink, taken, draft, sandbox } = await start(version);
    const pass = async (planned: boolean) => {
      const dry = sink({ planned });
      await dry.open();
      for (const name of ['a', 'b']) await dry.writePipeline(draft({ name }));
      await dry.writeStatuses('a', [statusOf(1000), statusOf(2000)]);
      await dry.writeEdge(edge);
      await dry.close();
      return taken();
    };
    const planned = await pass(true);
    expect(sandbox.catalog.changes()).toBe(0);
    expect(planned.every((entry) => entry.planned)).toBe(true);
    const written = await pass(false);
    expect(planned.map(({ planned: _planned, ...entry }) => entry)).toEqual(written);
  });
});

describe('an audit', () => {
  it('names what is deleted and restored by id', async () => {
    const { sandbox, open, draft } = await start('1.6');
    await (await open()).writePipeline(draft());
    const client = createOmClient({ hostPort: sandbox.url, jwtToken: sandbox.token });
    const entries: AuditEntry[] = [];
    const audited = createAudit({ runId: 'run-1', now: () => now, write: (entry) => entries.push(entry) }).over(client);
    await audited.version();
    const pipeline = await audited.getPipeline(fqn);
    await audited.deletePipeline(pipeline!.id);
    await audited.restorePipeline(pipeline!.id);
    await audited.deletePipeline('00000000-0000-0000-0000-000000000000');
    expect(entries.map(line)).toEqual([
      `DELETE pipeline ${fqn} deleted`,
      `PUT pipeline ${fqn} restored`,
      'DELETE pipeline <pipeline 00000000-0000-0000-0000-000000000000> absent',
    ]);
    expect(entries[0]?.hashBefore).toBe(pipeline?.sourceHash);
    await client.close();
  });

  it('has what was refused, with the reason', async () => {
    const { sink, taken, draft, sandbox } = await start('1.6');
    const filled = sink();
    await filled.open();
    sandbox.setFaults([
      {
        method: 'PUT',
        path: /pipelines$/,
        effect: { kind: 'status', status: 400, body: { code: 400, message: 'no' } },
      },
    ]);
    await filled.writePipeline(draft());
    expect(taken().at(-1)).toMatchObject({ entityType: 'pipeline', fqn, outcome: 'failed', error: 'no' });
    await filled.close();
  });

  it('tells a write that changed nothing', async () => {
    const { sandbox, open, draft, stored } = await start('1.6');
    await (await open()).writePipeline(draft());
    const client = createOmClient({ hostPort: sandbox.url, jwtToken: sandbox.token });
    const entries: AuditEntry[] = [];
    const audited = createAudit({ runId: 'run-1', now: () => now, write: (entry) => entries.push(entry) }).over(client);
    const { description, sourceHash } = stored() as { description: string; sourceHash: string };
    await audited.putPipeline({ name: 'company.team.daily', service, description, sourceHash, tasks: [] });
    await audited.putPipeline({ name: 'company.team.daily', service, description, sourceHash, tasks: [] });
    expect(entries.map(({ outcome }) => outcome)).toEqual(['updated', 'unchanged']);
    expect(await audited.createService({ name: service, serviceType: 'CustomPipeline' } as never)).toBeUndefined();
    expect(entries.at(-1)?.outcome).toBe('unchanged');
    await client.close();
  });

  it('remembers the statuses of the pipelines that were read last, not of all', async () => {
    const stored = statusOf(1000);
    const server = await startAnsweringServer(() => ({ body: { data: [stored] } }));
    const client = createOmClient({ hostPort: server.url, jwtToken: 'a-bots-token' });
    const entries: AuditEntry[] = [];
    const audited = createAudit({ runId: 'run-1', now: () => now, write: (entry) => entries.push(entry) }).over(client);
    const window = { startTs: 1000, endTs: 1000 };
    for (let number = 0; number <= 64; number += 1) await audited.getStatuses(`kestra.p${number}`, window);
    await audited.getStatuses('kestra.p1', window);
    for (const number of [0, 1, 2, 64]) await audited.putStatus(`kestra.p${number}`, stored);
    expect(entries.map(({ hashBefore, hashAfter }) => hashBefore === hashAfter)).toEqual([false, true, true, true]);
    await client.close();
    await server.close();
  });

  it('compares of a status what was sent, whatever else the server keeps with it', async () => {
    const { sink, taken, draft, sandbox } = await start('1.6');
    const first = sink();
    await first.open();
    await first.writePipeline(draft());
    await first.writeStatuses('company.team.daily', [statusOf(1000)]);
    await first.close();
    const { hashAfter } = taken().at(-1)!;
    const withMore = (answer: { status: number; json?: unknown }) => {
      const { data } = answer.json as { data: object[] };
      return { ...answer, json: { data: data.map((status) => ({ ...status, version: '7' })) } };
    };
    sandbox.setFaults([{ method: 'GET', path: /status\?/, effect: { kind: 'rewrite', rewrite: withMore } }]);
    const second = sink();
    await second.open();
    await second.writeStatuses('company.team.daily', [statusOf(1000, { executionStatus: 'Failed' })]);
    expect(taken().at(-1)?.hashBefore).toBe(hashAfter);
    await second.close();
  });

  it('knows an edge that it has seen written', async () => {
    const { sink, taken, draft } = await start('1.6');
    const filled = sink();
    await filled.open();
    for (const name of ['a', 'b']) await filled.writePipeline(draft({ name }));
    await filled.writeEdge(edge);
    await filled.writeEdge({ ...edge, details: { ...edge.details, sqlQuery: 'select 1' } });
    const [first, second] = taken().slice(-2);
    expect([first?.outcome, second?.outcome]).toEqual(['created', 'updated']);
    expect(second?.hashBefore).toBe(first?.hashAfter);
    await filled.close();
  });

  it('has a line per status where they go out in bulk', async () => {
    const { sink, taken, draft } = await start('1.12');
    const filled = sink();
    await filled.open();
    await filled.writePipeline(draft());
    await filled.writeStatuses('company.team.daily', [statusOf(1000), statusOf(2000)]);
    const statuses = taken().filter(({ entityType }) => entityType === 'pipelineStatus');
    expect(statuses.map(({ key }) => key)).toEqual(['1000', '2000']);
    await filled.close();
  });
});
