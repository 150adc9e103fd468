import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// A small Acme with recorded data, and in the circumstances that the conformance suite asks for.

export const token = 'acme-token-1234567890';

export type World = 'intact' | 'hanging' | 'brokenPipeline' | 'brokenRun' | 'changed';

type Json = Record<string, unknown>;

const fixture = (name: string): Json[] =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8'));

export async function startServer(world: World = 'intact'): Promise<{ url: string; close: () => Promise<void> }> {
  const jobs = fixture('jobs');
  const runs = fixture('runs');
  if (world === 'brokenPipeline') jobs[1] = { ...jobs[1], steps: 'none' };
  if (world === 'brokenRun') runs[0] = { ...runs[0], started: 'yesterday' };
  if (world === 'changed') jobs[0] = { ...jobs[0], cron: '0 3 * * *' };

  const answer = ({ pathname, searchParams }: URL): [status: number, body: unknown] => {
    const number = (name: string) => Number(searchParams.get(name));
    /** Two items a page, so that paging is tried too. */
    const page = (items: Json[]) => ({
      items: items.slice((number('page') - 1) * 2, number('page') * 2),
      next: items.length > number('page') * 2 ? number('page') + 1 : null,
    });
    if (pathname === '/api/info') return [200, { version: '3.1' }];
    if (pathname === '/api/jobs') return [200, page(jobs)];
    if (pathname === '/api/runs') {
      const startOf = ({ started }: Json) => Date.parse(String(started));
      const isIn = (run: Json) => !(startOf(run) < number('from') || startOf(run) >= number('to'));
      return [200, page(runs.filter(isIn))];
    }
    const job = jobs.find(({ folder, id }) => pathname === `/api/jobs/${folder}/${id}`);
    return job ? [200, job] : [404, { message: 'no such job' }];
  };

  const server = createServer((request, response) => {
    if (world === 'hanging') return;
    const isSignedIn = request.headers.authorization === `Bearer ${token}`;
    const [status, body] = isSignedIn
      ? answer(new URL(request.url ?? '/', 'http://localhost'))
      : [401, { message: 'wrong token' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
