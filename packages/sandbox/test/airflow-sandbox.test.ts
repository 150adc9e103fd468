import { type AirflowSandboxOptions, airflowDataset, type Sandbox, startAirflowSandbox } from '@flowmeta/sandbox';
import { afterEach, expect, it } from 'vitest';

const auth = { username: 'reader', password: 'of the sandbox' };
let sandbox: Sandbox | undefined;

const start = async (options: Partial<AirflowSandboxOptions> = {}): Promise<string> => {
  sandbox = await startAirflowSandbox({ dataset: airflowDataset(3), ...options });
  return `${sandbox.url}/api/v2`;
};

afterEach(() => sandbox?.close());

it('lets nobody in without a token of its own', async () => {
  const root = await start({ auth });
  const status = async (headers: Record<string, string> = {}) => (await fetch(`${root}/dags`, { headers })).status;
  const sign = (body: unknown) => fetch(`${sandbox?.url}/auth/token`, { method: 'POST', body: JSON.stringify(body) });
  expect((await sign({ ...auth, password: 'wrong' })).status).toBe(401);
  const signed = await sign(auth);
  expect(signed.status).toBe(201);
  const { access_token: token } = (await signed.json()) as { access_token: string };
  expect([await status(), await status({ authorization: 'Bearer other' })]).toEqual([401, 403]);
  expect(await status({ authorization: `Bearer ${token}` })).toBe(200);
});

it('cuts a page at 100 rows, but not the page of a POST', async () => {
  const root = await start();
  const rows = async (answer: Response) => {
    const body = (await answer.json()) as { task_instances: unknown[]; total_entries: number };
    return [body.task_instances.length, body.total_entries];
  };
  expect(await rows(await fetch(`${root}/dags/~/dagRuns/~/taskInstances?limit=1000`))).toEqual([100, 117]);
  const posted = await fetch(`${root}/dags/~/dagRuns/~/taskInstances/list`, {
    method: 'POST',
    body: JSON.stringify({ page_limit: 1000 }),
  });
  expect(await rows(posted)).toEqual([117, 117]);
});

it('breaks where it is told to, and counts requests by pattern', async () => {
  const root = await start();
  sandbox?.setFaults([{ path: /\/details$/, times: 1, effect: { kind: 'reset' } }]);
  await expect(fetch(`${root}/dags/ops.child/details`)).rejects.toThrow();
  expect((await fetch(`${root}/dags/ops.child/details`)).status).toBe(200);
  expect(sandbox?.requestCounts()).toEqual({ 'GET /api/v2/dags/{}/details': 2 });
});
