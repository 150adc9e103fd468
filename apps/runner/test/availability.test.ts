import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '@flowmeta/sandbox';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startDemoServers } from './demo-servers.js';

// The client's own waits: some seconds each.
vi.setConfig({ testTimeout: 180_000 });

let servers: Awaited<ReturnType<typeof startDemoServers>> | undefined;
afterEach(() => servers?.close());

const gone: Fault['effect'] = { kind: 'status', status: 503 };
const withoutDatabase: Fault['effect'] = {
  kind: 'status',
  status: 401,
  body: { code: 401, message: 'Not Authorized! Invalid Token' },
};

/** A run during which one server is gone, or its database, until that is said. */
async function runWithOutage(
  { side, effect }: { side: 'kestra' | 'openMetadata'; effect: Fault['effect'] },
  ...args: string[]
) {
  servers = await startDemoServers();
  const server = servers[side];
  server.setFaults([{ after: 10, effect }]);
  const running = servers.begin('--since', '1h', ...args);
  let ended = false;
  const done = running.exitCode.finally(() => {
    ended = true;
  });
  while (!ended && !running.written.stderr.includes('; waiting up to')) await wait(10);
  server.setFaults([]);
  return { exitCode: await done, stderr: running.written.stderr };
}

describe('a server that goes away during a run', () => {
  it('is said to be waited for, and to be back', async () => {
    const { exitCode, stderr } = await runWithOutage({ side: 'kestra', effect: gone });
    expect(exitCode).toBe(0);
    expect(stderr.split('\n').filter((line) => line.includes(' answer'))).toEqual([
      expect.stringMatching(/^warning: Kestra has not answered \d+ times in a row; waiting up to 2 min 00 s for it$/),
      expect.stringMatching(/^Kestra answers again after \d/),
    ]);
  });

  it('is a line of JSON each in JSON logs', async () => {
    const { exitCode, stderr } = await runWithOutage({ side: 'openMetadata', effect: gone }, '--log-format', 'json');
    expect(exitCode).toBe(0);
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(lines.filter(({ message }) => message!.includes(' answer'))).toMatchObject([
      { level: 'warn', message: expect.stringContaining('OpenMetadata has not answered'), runId: expect.any(String) },
      { level: 'info', message: expect.stringContaining('OpenMetadata answers again') },
    ]);
  });

  it('is also OpenMetadata without its database: several requests wait, and each end of it is said once', async () => {
    const { exitCode, stderr } = await runWithOutage({ side: 'openMetadata', effect: withoutDatabase });
    expect(exitCode).toBe(0);
    expect(stderr.split('\n').filter((line) => line.includes(' answer'))).toEqual([
      expect.stringMatching(
        /^warning: OpenMetadata answers as if its database were away \(401 Not Authorized! Invalid Token\); waiting up to 2 min \d\d s for it$/,
      ),
      expect.stringMatching(/^OpenMetadata answers again after \d/),
    ]);
  });
});
