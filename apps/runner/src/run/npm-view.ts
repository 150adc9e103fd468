import { spawn } from 'node:child_process';
import { isPackageName } from '@flowmeta/registry';
import type { Host } from '../host.js';

export type NpmAnswer =
  /** The latest version, and which version of the connector interface its `package.json` says that it was built for. */
  | { kind: 'latest'; version: string; specVersion?: number }
  /** The registry has no such package. */
  | { kind: 'unknown' }
  | { kind: 'silent'; reason: string };

/** How long npm may take, ms: it tries three times by itself. */
const patience = 120_000;

/** Asks npm for a package, so that the user's registry, proxy and sign-in count. */
export async function viewPackage(
  name: string,
  { host, signal }: { host: Host; signal: AbortSignal },
): Promise<NpmAnswer> {
  // What a package.json says of itself may be anything, an option of npm too.
  if (!isPackageName(name)) return { kind: 'unknown' };
  const { stdout, problem } = await runNpm(['view', `${name}@latest`, '--json'], { host, signal });
  if (problem !== undefined) return { kind: 'silent', reason: problem };
  let answer: { version?: unknown; flowmeta?: { specVersion?: unknown }; error?: { code?: string; summary?: string } };
  try {
    answer = Object(JSON.parse(stdout));
  } catch {
    return { kind: 'silent', reason: 'npm answered something that is no JSON' };
  }
  const { version, flowmeta, error } = answer;
  if (error?.code === 'E404') return { kind: 'unknown' };
  if (typeof version !== 'string') {
    const reason = [error?.code, error?.summary?.split('\n', 1)[0]].filter(Boolean).join(': ');
    return { kind: 'silent', reason: reason || 'npm named no version' };
  }
  const specVersion = flowmeta?.specVersion;
  return { kind: 'latest', version, ...(typeof specVersion === 'number' ? { specVersion } : {}) };
}

function runNpm(
  args: string[],
  { host, signal }: { host: Host; signal: AbortSignal },
): Promise<{ stdout: string; problem?: string }> {
  return new Promise((resolve) => {
    let stdout = '';
    const child = spawn('npm', args, {
      cwd: host.directory,
      env: { ...host.environment },
      stdio: ['ignore', 'pipe', 'ignore'],
      // On Windows npm is a script; a package's name has no character that means something to a shell.
      shell: process.platform === 'win32',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      const reason = isMissing ? 'there is no command npm' : `npm was ended after ${patience / 1_000} s`;
      resolve({ stdout: '', problem: signal.aborted ? 'interrupted' : reason });
    });
    child.on('close', () => resolve({ stdout }));
  });
}
