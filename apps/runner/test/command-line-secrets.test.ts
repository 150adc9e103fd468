import { isSecretName } from '@flowmeta/redact';
import { describe, expect, it } from 'vitest';
import { run } from './fake-host.js';

const secret = 'hunter22zebra';

async function commands(): Promise<string[]> {
  const { stdout } = await run(['--help']);
  const listed = stdout.slice(stdout.indexOf('Commands:'));
  return [...listed.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name]) => name!).filter((name) => name !== 'help');
}

describe('a secret on the command line', () => {
  it('is taken by no option of any command', async () => {
    const names = await commands();
    expect(names).toEqual(expect.arrayContaining(['ingest', 'lineage', 'check', 'validate']));
    for (const command of names) {
      const { stdout } = await run([command, '--help']);
      const options = [...stdout.matchAll(/--([a-z][\w-]*)/g)].map(([, option]) => option!);
      expect(options.length, command).toBeGreaterThan(0);
      expect(options.filter(isSecretName), command).toEqual([]);
    }
  });

  it.each([
    [`--password=${secret}`],
    [`--api-token=${secret}`],
    ['--password', secret],
    ['--jwt-token', secret],
    ['--token', secret],
  ])('is refused and not repeated: %s', async (...args) => {
    for (const command of ['ingest', 'lineage', 'check', 'validate']) {
      const { exitCode, stdout, stderr } = await run([command, '-c', 'kestra.yaml', ...args]);
      expect(exitCode, command).toBe(2);
      expect(stderr).toContain('unknown option');
      expect(stdout + stderr).not.toContain(secret);
    }
  });

  it('is refused in the address that events are posted to', async () => {
    const address = `http://me:${secret}@marquez.example.com:5000`;
    const { exitCode, stdout, stderr } = await run(['lineage', '-c', 'kestra.yaml', '--post-to', address]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('OPENLINEAGE_API_KEY');
    expect(stdout + stderr).not.toContain(secret);
  });
});
