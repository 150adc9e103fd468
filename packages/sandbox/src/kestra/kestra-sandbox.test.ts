import { inflateRawSync } from 'node:zlib';
import { kestraDataset } from '@flowmeta/recordings';
import { afterEach, describe, expect, it } from 'vitest';
import { demoDataset } from '../demo-dataset.js';
import type { KestraDataset, KestraSandboxOptions, Sandbox } from '../types.js';
import { startKestraSandbox } from './kestra-sandbox.js';

const days = 24 * 60 * 60 * 1000;
const running: Sandbox[] = [];

const start = async (options: Partial<KestraSandboxOptions> = {}): Promise<string> => {
  const sandbox = await startKestraSandbox({ dataset: demoDataset(), ...options });
  running.push(sandbox);
  return sandbox.url;
};

const recorded = (version: '0.17.23' | '0.20.5' | '1.0.3' | '2.0.0'): KestraDataset =>
  kestraDataset(version, { plugins: true }) as KestraDataset;

interface Page {
  total: number;
  results: Record<string, unknown>[];
}

const get = async (url: string, headers: Record<string, string> = {}): Promise<{ status: number; body: Page }> => {
  const answer = await fetch(url, { headers });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
};

afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

describe('the implicit window', () => {
  it('hides executions older than eight days from 1.0 on, unless a start date is given', async () => {
    const dataset = demoDataset();
    const url = await start({ dataset, now: () => Date.parse(dataset.takenAt) + 9 * days });
    const search = `${url}/api/v1/main/executions/search?size=1000`;
    expect((await get(search)).body.total).toBe(0);
    expect((await get(`${search}&filters[state][EQUALS]=FAILED`)).body.total).toBe(0);
    const since = 'filters[startDate][GREATER_THAN_OR_EQUAL_TO]=2020-01-01T00:00:00Z';
    expect((await get(`${search}&${since}`)).body.total).toBe(196);
  });

  it('does not exist on 0.20', async () => {
    const dataset = recorded('0.20.5');
    const url = await start({ dataset, now: () => Date.parse(dataset.takenAt) + 9 * days });
    expect((await get(`${url}/api/v1/executions/search`)).body.total).toBe(245);
  });

  it('stands at the moment of the dataset without a clock', async () => {
    const url = await start();
    expect((await get(`${url}/api/v1/main/executions/search`)).body.total).toBe(196);
  });
});

describe('versions', () => {
  it('2.0 ignores legacy parameters and keeps task runs, metadata and loop iterations out of a search', async () => {
    const url = await start({ dataset: recorded('2.0.0') });
    const search = `${url}/api/v1/main/executions/search?size=1000`;
    const { body } = await get(`${search}&state=FAILED`);
    expect(body.total).toBe(437);
    for (const item of body.results) {
      expect(item).not.toHaveProperty('taskRunList');
      expect(item).not.toHaveProperty('metadata');
    }
    expect((await get(`${search}&filters[kind][EQUALS]=LOOP`)).body.total).toBe(24);
    const [first] = body.results;
    const byId = await get(`${url}/api/v1/main/executions/${first?.id}`);
    expect(byId.body).toHaveProperty('taskRunList');
  });

  it('0.20 ignores filters and does not know the tenant', async () => {
    const url = await start({ dataset: recorded('0.20.5') });
    const filtered = await get(`${url}/api/v1/flows/search?filters[namespace][EQUALS]=hackathon.demo`);
    expect(filtered.body.total).toBe(78);
    expect((await get(`${url}/api/v1/main/flows/search`)).status).toBe(404);
    expect((await get(`${url}/api/v1/anything/configs`)).status).toBe(200);
  });

  it('1.0 refuses other tenants, and reads a filter without an operator as none', async () => {
    const url = await start();
    expect((await get(`${url}/api/v1/other/flows/search`)).status).toBe(400);
    expect((await get(`${url}/api/v1/main/flows/search?filters[namespace]=odd`)).body.total).toBe(80);
    expect((await get(`${url}/api/v1/main/flows/search?filters[namespace][EQUALS]=odd`)).body.total).toBe(3);
    expect((await get(`${url}/api/v1/main/flows/search?filters[namespace][PREFIX]=odd`)).body.total).toBe(5);
  });

  it('has the tenants of an Enterprise server, each with flows of its own', async () => {
    const dataset = recorded('1.0.3');
    const finance = { ...dataset, flows: dataset.flows.slice(0, 2) };
    const url = await start({ dataset, tenants: { sales: dataset, finance } });
    const { status, body } = await get(`${url}/api/v1/tenants/search?page=1&size=1`);
    expect([status, body]).toEqual([200, { results: [{ id: 'sales', name: 'sales', deleted: false }], total: 2 }]);
    expect((await get(`${url}/api/v1/configs`)).body).toMatchObject({ edition: 'EE', version: '1.0.3' });
    expect((await get(`${url}/api/v1/sales/flows/search`)).body.total).toBe(80);
    expect((await get(`${url}/api/v1/finance/flows/search`)).body.total).toBe(2);
    for (const path of ['main/flows/search', 'flows/search']) {
      expect((await get(`${url}/api/v1/${path}`)).status, path).toBe(404);
    }
    expect((await get(`${await start()}/api/v1/tenants/search`)).status).toBe(404);
  });

  it('an end date drops running executions on 0.20 and not on 1.0', async () => {
    const later = 'endDate=2030-01-01T00:00:00Z&state=RUNNING';
    const old = await start({ dataset: recorded('0.20.5') });
    expect((await get(`${old}/api/v1/executions/search?${later}`)).body.total).toBe(0);
    const url = await start();
    expect((await get(`${url}/api/v1/main/executions/search?${later}`)).body.total).toBe(4);
  });

  it('has total 0 past the end', async () => {
    const url = await start();
    expect((await get(`${url}/api/v1/main/flows/search?page=9&size=10`)).body).toEqual({ results: [], total: 0 });
    expect((await get(`${url}/api/v1/main/flows/search?page=8&size=10`)).body.total).toBe(80);
  });

  it('makes up new uids for roots and ends at every call, and keeps those of tasks', async () => {
    const url = await start();
    const graph = async () => {
      const { body } = await get(`${url}/api/v1/main/flows/company.team/parallel/graph`);
      return body as unknown as { nodes: { uid: string; type: string }[]; edges: { source: string; target: string }[] };
    };
    const [one, two] = [await graph(), await graph()];
    const uids = (nodes: typeof one.nodes, task: boolean) =>
      nodes.filter(({ type }) => type.endsWith('GraphTask') === task).map(({ uid }) => uid);
    expect(uids(one.nodes, true)).toEqual(uids(two.nodes, true));
    expect(uids(one.nodes, false).filter((uid) => uids(two.nodes, false).includes(uid))).toEqual([]);
    const known = new Set(one.nodes.map(({ uid }) => uid));
    for (const { source, target } of one.edges) expect([known.has(source), known.has(target)]).toEqual([true, true]);
  });
});

describe('credentials', () => {
  const auth = { kind: 'basic', username: 'admin@example.com', password: 'Secret123' } as const;
  const header = { authorization: `Basic ${Buffer.from('admin@example.com:Secret123').toString('base64')}` };

  it('answers 401 with an empty body, and lets the right ones in', async () => {
    const url = await start({ auth });
    const refused = await get(`${url}/api/v1/main/flows/search`);
    expect(refused).toEqual({ status: 401, body: undefined });
    expect((await get(`${url}/api/v1/main/flows/search`, header)).status).toBe(200);
    expect((await get(`${url}/api/v1/configs`)).status).toBe(200);
  });

  it('asks for them at configs too before 1.0, and on 2.0 behind a context path', async () => {
    const old = await start({ dataset: recorded('0.20.5'), auth });
    expect((await get(`${old}/api/v1/configs`)).status).toBe(401);
    const url = await start({ dataset: recorded('2.0.0'), auth, contextPath: '/kestra' });
    expect((await get(`${url}/kestra/api/v1/configs`)).status).toBe(401);
    expect((await get(`${url}/kestra/api/v1/configs`, header)).status).toBe(200);
    expect((await get(`${url}/api/v1/configs`, header)).status).toBe(404);
  });

  it('takes a bearer token', async () => {
    const url = await start({ auth: { kind: 'bearer', token: 'abc' } });
    expect((await get(`${url}/api/v1/main/flows/search`, { authorization: 'Bearer abc' })).status).toBe(200);
    expect((await get(`${url}/api/v1/main/flows/search`, { authorization: 'Bearer abd' })).status).toBe(401);
  });

  it('refuses everyone but configs while the server is not set up', async () => {
    const dataset = demoDataset();
    dataset.configs.isBasicAuthInitialized = false;
    const url = await start({ dataset, auth });
    expect((await get(`${url}/api/v1/configs`)).status).toBe(200);
    expect((await get(`${url}/api/v1/main/flows/search`, header)).status).toBe(401);
  });
});

/** Reads a ZIP by its central directory. */
function unzip(archive: Buffer): Record<string, string> {
  const end = archive.lastIndexOf('PK\u0005\u0006');
  const entries: Record<string, string> = {};
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const local = archive.readUInt32LE(at + 42);
    const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const bytes = archive.subarray(from, from + archive.readUInt32LE(at + 20));
    entries[name] = (archive.readUInt16LE(at + 10) === 0 ? bytes : inflateRawSync(bytes)).toString('utf8');
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

describe('the export', () => {
  const download = async (url: string): Promise<Record<string, string>> =>
    unzip(Buffer.from(await (await fetch(url)).arrayBuffer()));

  it('holds the sources of the flows that the filters find', async () => {
    const url = await start();
    const entries = await download(
      `${url}/api/v1/main/flows/export/by-query?filters[namespace][EQUALS]=hackathon.demo`,
    );
    expect(Object.keys(entries)).toHaveLength(4);
    expect(entries['hackathon.demo-cron_etl.yml']).toContain('id: cron_etl');
  });

  it('is a valid empty archive without a match', async () => {
    const url = await start();
    const search = `${url}/api/v1/main/flows/export/by-query?filters[namespace][EQUALS]=nosuch`;
    expect(await download(search)).toEqual({});
  });

  it('is not JSON', async () => {
    const url = await start();
    const search = `${url}/api/v1/main/flows/export/by-query`;
    expect((await get(search, { accept: 'application/json' })).status).toBe(404);
  });
});

describe('requests', () => {
  it('are counted by pattern', async () => {
    const url = await start({ contextPath: 'kestra' });
    await get(`${url}/kestra/api/v1/main/flows/company.team/parallel/graph`);
    await get(`${url}/kestra/api/v1/main/flows/company.team/linear/graph`);
    await get(`${url}/kestra/api/v1/configs`);
    expect(running[0]?.requestCounts()).toEqual({
      'GET /kestra/api/v1/configs': 1,
      'GET /kestra/api/v1/main/flows/{}/{}/graph': 2,
    });
  });

  it('with a broken escape or an unknown method are refused', async () => {
    const url = await start();
    expect((await get(`${url}/api/v1/main/flows/%/x`)).status).toBe(404);
    expect((await fetch(`${url}/api/v1/main/flows/search`, { method: 'DELETE' })).status).toBe(405);
  });

  it('meet the faults that a test asks for', async () => {
    const url = await start({
      faults: [{ path: /graph$/, times: 1, effect: { kind: 'status', status: 503 } }],
    });
    const graph = `${url}/api/v1/main/flows/company.team/parallel/graph`;
    expect((await get(graph)).status).toBe(503);
    expect((await get(graph)).status).toBe(200);
  });
});

describe('what the server holds', () => {
  it('changes when it is given another dataset of its version', async () => {
    const dataset = demoDataset();
    const kestra = await startKestraSandbox({ dataset });
    running.push(kestra);
    const totals = async () => [
      (await get(`${kestra.url}/api/v1/main/flows/search?size=1000`)).body.total,
      (await get(`${kestra.url}/api/v1/main/executions/search?size=1000`)).body.total,
    ];
    const [flows, executions] = await totals();
    const { id, flowId } = dataset.executions.at(-1)!;
    const fewer = {
      ...dataset,
      flows: dataset.flows.filter(({ flow }) => flow.id !== flowId),
      executions: dataset.executions.filter((execution) => execution.id !== id),
    };
    kestra.setDataset(fewer);
    expect(await totals()).toEqual([flows! - (dataset.flows.length - fewer.flows.length), executions! - 1]);
    expect((await get(`${kestra.url}/api/v1/main/executions/${id}`)).status).toBe(404);
    expect(() => kestra.setDataset({ ...dataset, version: '0.17.23' })).toThrow("can't become 0.17.23");
  });
});
