import { afterEach, describe, expect, it } from 'vitest';
import { password, startDemoServers } from './demo-servers.js';
import { run } from './fake-host.js';

let servers: Awaited<ReturnType<typeof startDemoServers>> | undefined;
afterEach(async () => {
  await servers?.close();
  servers = undefined;
});

interface Line {
  time: string;
  level: string;
  message: string;
  runId?: string;
  ref?: string;
}
const linesOf = (stderr: string) =>
  stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

describe('--log-format json', () => {
  it('logs a run line by line: its id, every request, and what its report lists', async () => {
    servers = await startDemoServers();
    await servers.writeConfig({ pipelineRunId: 'nightly-17', enableStreamableLogs: false });
    const effect = { kind: 'status', status: 400, body: { code: 400, message: 'no' } } as const;
    servers.openMetadata.setFaults([{ method: 'PUT', path: /v1\/pipelines$/, times: 1, effect }]);
    const { exitCode, stdout, stderr } = await servers.ingest('--log-format', 'json', '--log-level', 'debug');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('service kestra_prod');
    const lines = linesOf(stderr);
    for (const { time, level, message } of lines) {
      expect(Number.isNaN(Date.parse(time))).toBe(false);
      expect(['debug', 'info', 'warn', 'error']).toContain(level);
      expect(message).not.toBe('');
    }
    const ofTheRun = lines.slice(lines.findIndex(({ runId }) => runId !== undefined));
    expect(new Set(ofTheRun.map(({ runId }) => runId))).toEqual(new Set(['nightly-17']));
    const requests = lines.filter(({ level, message }) => level === 'debug' && /: (GET|PUT|POST) /.test(message));
    expect(requests).toHaveLength(servers.kestra.requests.length + servers.openMetadata.requests.length);
    const refused = lines.filter(({ level }) => level === 'error');
    expect(refused).toMatchObject([{ message: 'no', ref: expect.stringMatching(/^company\./) }]);
    expect(lines.at(-1)).toMatchObject({ level: 'info', outcome: 'partial' });
    expect(stderr).not.toContain(password);
    expect(stderr).not.toContain(servers.openMetadata.token);
  });

  it.each([
    [['ingest', '--log-format', 'json'], 'config'],
    [['ingest', '-c', 'nowhere.yaml', '--log-format=json'], 'nowhere.yaml'],
    [['check', '--log-format', 'json', '-c', 'x.yaml', '--nonsense'], '--nonsense'],
  ])('is the format of the errors of %j too', async (args, expected) => {
    const { exitCode, stderr } = await run(args);
    expect(exitCode).toBe(2);
    const lines = linesOf(stderr);
    expect(lines.every(({ level }) => level === 'error')).toBe(true);
    expect(stderr).toContain(expected);
  });

  it('is refused where it is no format', async () => {
    const { exitCode, stderr } = await run(['ingest', '-c', 'x.yaml', '--log-format', 'xml']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('pretty, json')]);
  });
});

describe('the log for people', () => {
  it('names the run once, without a secret', async () => {
    servers = await startDemoServers();
    const { stdout, stderr } = await servers.ingest('--json');
    const { runId } = JSON.parse(stdout) as { runId: string };
    expect(stderr).toBe(`run ${runId}\n`);
  });
});
