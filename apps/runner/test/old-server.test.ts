import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDemoServers } from './demo-servers.js';
import { run } from './fake-host.js';

let servers: Awaited<ReturnType<typeof startDemoServers>>;
beforeAll(async () => {
  servers = await startDemoServers();
  servers.openMetadata.setFaults([
    { path: /system\/version/, effect: { kind: 'status', status: 200, body: { version: '1.1.5' } } },
  ]);
});
afterAll(() => servers.close());

it.each(['ingest', 'plan', 'check'])(
  '%s exits with 3 where OpenMetadata is too old, and writes nothing',
  async (command) => {
    const { directory } = servers;
    const environment = { KESTRA_PASSWORD: 'correct-horse-battery' };
    const { exitCode, stdout } = await run([command, '-c', 'kestra.yaml'], { directory, environment });
    expect(exitCode).toBe(3);
    expect(stdout).toContain('OpenMetadata 1.1.5 is too old');
    expect(servers.openMetadata.catalog.changes()).toBe(0);
  },
);
