import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../src/try.mjs', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowmeta-try-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A virtual environment whose `airflow` is this shell script. */
function venvWith(name: string, airflow: string): string {
  const venv = join(folder, name);
  mkdirSync(join(venv, 'bin'), { recursive: true });
  writeFileSync(join(venv, 'bin', 'airflow'), `#!/bin/bash\n${airflow}`);
  chmodSync(join(venv, 'bin', 'airflow'), 0o755);
  return venv;
}

function tryAirflow(args: string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: folder, ...env },
  });
  return { status, stdout, stderr };
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function until(condition: () => boolean): Promise<void> {
  for (let left = 500; left > 0 && !condition(); left -= 1) await sleep(50);
  expect(condition()).toBe(true);
}

describe.runIf(process.platform === 'linux')('test:airflow', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves no process and no folder behind at %s', async (signal, code) => {
    const pids = join(folder, `${signal}.pids`);
    // Each server has a child that is in a process group of its own, as tasks of Airflow 2 are.
    const server = `set -m; sleep 600 & echo $$ $! >> ${pids}; wait`;
    const venv = venvWith(signal, `if [ "$1" = db ]; then exit 0; fi; ${server}`);
    const child: ChildProcess = spawn(process.execPath, [script, '--venv', venv], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: folder },
    });
    let printed = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (printed += text));
    const alive = () => (existsSync(pids) ? readFileSync(pids, 'utf8').trim().split(/\s+/).map(Number) : []);
    await until(() => alive().length === 6);
    const [home = ''] = /\/\S+\/airflow-\w+/.exec(printed) ?? [];
    expect(existsSync(home)).toBe(true);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([code, null]);
    await until(() => !alive().some(isAlive));
    expect(existsSync(home)).toBe(false);
  });

  it('says what failed, and where the logs are', () => {
    const venv = venvWith('failing', 'echo "the database is locked" >&2; exit 1');
    const { status, stderr } = tryAirflow(['--venv', venv]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/airflow db migrate: status 1\nthe database is locked\nThe logs of Airflow are in (\S+)/);
  });

  it('says that there is no Airflow in --venv', () => {
    const { status, stderr } = tryAirflow(['--venv', join(folder, 'nowhere')]);
    expect(status).toBe(1);
    expect(stderr).toContain('--venv is a virtual environment with Airflow in it');
  });

  it('is skipped, and says so, where there is no Python that fits', () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    expect(tryAirflow([], { PATH: bin })).toMatchObject({
      status: 77,
      stdout: 'skipped: there is no Python 3.11 with pip and venv. Or give --venv FOLDER.\n',
    });
    writeFileSync(join(bin, 'python3'), '#!/bin/sh\necho 3.14\n');
    chmodSync(join(bin, 'python3'), 0o755);
    expect(tryAirflow([], { PATH: bin })).toMatchObject({
      status: 77,
      stdout: expect.stringContaining('; python3 is 3.14.'),
    });
  });

  it('knows the versions that can be tried', () => {
    const { status, stderr } = tryAirflow(['--version', '1.10.0']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/1\.10\.0 is none of those that are tried: .*3\.1\.8/);
  });
});
