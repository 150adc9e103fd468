import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoDataset, type Sandbox, startKestraSandbox, startOpenMetadataSandbox } from '@flowmeta/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './fake-host.js';

const dataset = demoDataset();
const message = 'a\u001b]0;b\u0007\u001b[2J\u009b31m\u202ec\r\nerror: forged\n  ✓ forged   all is well';
let directory: string;
let kestra: Sandbox;
let catalog: Sandbox;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-hostile-'));
  kestra = await startKestraSandbox({ dataset, now: () => Date.parse(dataset.takenAt) });
  catalog = await startOpenMetadataSandbox();
  await writeFile(
    join(directory, 'kestra.yaml'),
    `source: {type: kestra, serviceName: k, serviceConnection: {config: {type: Kestra, hostPort: "${kestra.url}"}}}
workflowConfig: {openMetadataServerConfig: {hostPort: "${catalog.url}/api", securityConfig: {jwtToken: sandbox-token}}}
`,
  );
});
afterAll(async () => {
  await Promise.all([kestra, catalog].map((server) => server.close()));
  await rm(directory, { recursive: true, force: true });
});

describe('the words of a server that wants to drive the terminal', () => {
  it.each([
    ['Kestra', 'check'],
    ['Kestra', 'lineage'],
    ['OpenMetadata', 'check'],
    ['OpenMetadata', 'ingest'],
    ['OpenMetadata', 'plan'],
  ])('of %s are shown by %s in one line, without what it would obey', async (end, command) => {
    const effect = { kind: 'status', status: end === 'Kestra' ? 400 : 401, body: { message } } as const;
    kestra.setFaults(end === 'Kestra' ? [{ path: /flows/, effect }] : []);
    catalog.setFaults(end === 'Kestra' ? [] : [{ effect }]);
    const args = [command, '-c', 'kestra.yaml', '--log-level', 'debug'];
    const { exitCode, stdout, stderr } = await run(args, { directory, from: Date.parse(dataset.takenAt) });
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain('forged');
    expect(stdout + stderr).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}/u);
    expect(stdout + stderr).not.toMatch(/^(?:error: forged| {2}✓ forged)/m);
  });
});
