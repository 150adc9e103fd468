import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEntry } from '@flowmeta/om-sink';
import { afterEach, describe, expect, it } from 'vitest';
import { password, startDemoServers } from './demo-servers.js';

type Servers = Awaited<ReturnType<typeof startDemoServers>>;
let servers: Servers;
afterEach(() => servers.close());

const linesOf = (text: string) => text.trimEnd().split('\n');
const entriesOf = (text: string) => linesOf(text).map((line) => JSON.parse(line) as AuditEntry);

describe('--audit-log', () => {
  it('has a line for each write of all runs that share it, and for none that does not happen', async () => {
    servers = await startDemoServers();
    await servers.writeConfig({ workflowConfig: { reportToOpenMetadata: true } });
    const { exitCode } = await servers.ingest('--audit-log', 'audit.jsonl');
    expect(exitCode).toBe(0);
    const text = await servers.file('audit.jsonl');
    const first = entriesOf(text);
    const writes = servers.openMetadata.requests.filter(({ method }) => method !== 'GET');
    expect(first).toHaveLength(writes.length);
    expect(new Set(first.map(({ runId }) => runId)).size).toBe(1);
    expect(first.filter(({ entityType }) => entityType === 'pipeline')).toHaveLength(servers.dataset.flows.length);
    expect(first.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(first.filter(({ fqn }) => fqn.includes('<'))).toEqual([]);
    expect(first.at(-1)).toMatchObject({ entityType: 'ingestionPipelineStatus', fqn: 'kestra_prod.flowmeta' });
    expect(text).not.toContain(password);
    expect(text).not.toContain(servers.openMetadata.token);

    await appendFile(join(servers.directory, 'audit.jsonl'), '{"cut off');
    await servers.ingest('--audit-log', 'audit.jsonl');
    const second = linesOf(await servers.file('audit.jsonl')).slice(first.length);
    expect(second[0]).toBe('{"cut off');
    const kinds = second.slice(1).map((line) => (JSON.parse(line) as AuditEntry).entityType);
    expect(kinds).toEqual(['ingestionPipelineStatus', 'ingestionPipelineStatus']);
  });

  it('of a dry run says what is planned', async () => {
    servers = await startDemoServers();
    await servers.ingest('--dry-run', '--audit-log', 'audit.jsonl');
    const entries = entriesOf(await servers.file('audit.jsonl'));
    expect(entries.length).toBeGreaterThan(servers.dataset.flows.length);
    expect(entries.every(({ planned }) => planned)).toBe(true);
    expect(servers.openMetadata.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('is refused before anything is touched where it can not be written', async () => {
    servers = await startDemoServers();
    const { exitCode, stderr } = await servers.ingest('--audit-log', 'nowhere/audit.jsonl');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--audit-log nowhere/audit.jsonl')]);
    expect(servers.kestra.requests).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')(
    'that fails on the way is an error at the end, and the run goes on',
    async () => {
      servers = await startDemoServers();
      const { exitCode, stderr } = await servers.ingest('--audit-log', '/dev/full', '--namespace', 'company.team');
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('the audit log could not be written')]);
      expect(servers.openMetadata.catalog.pipelines().length).toBeGreaterThan(0);
    },
  );
});
