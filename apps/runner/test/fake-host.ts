import { runCli } from '../src/cli.js';
import type { Host } from '../src/host.js';

export interface FakeHostOptions {
  environment?: Record<string, string>;
  directory?: string;
  /** Where the clock starts, ms; default the real time. */
  from?: number;
  isTTY?: boolean;
  /** Width of the terminal; default 100. */
  columns?: number;
}

/** A host that keeps what is written and can be interrupted from the test. */
export function fakeHost({
  environment = {},
  directory = '/',
  from,
  isTTY = false,
  columns = 100,
}: FakeHostOptions = {}) {
  const startedAt = Date.now();
  const written = { stdout: '', stderr: '' };
  const listeners = new Set<(signal: 'SIGINT' | 'SIGTERM') => void>();
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY,
    columns,
    write(text: string) {
      written[name] += text;
    },
  });
  const host: Host = {
    environment,
    directory,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    now: () => (from ?? startedAt) + (Date.now() - startedAt),
    onInterrupt(onSignal) {
      listeners.add(onSignal);
      return () => listeners.delete(onSignal);
    },
    onReload: () => () => {},
  };
  return {
    host,
    written,
    interrupt(signal: 'SIGINT' | 'SIGTERM') {
      for (const listener of listeners) listener(signal);
    },
  };
}

/** Runs the command line in this process. */
export async function run(args: string[], options: FakeHostOptions = {}) {
  const { host, written } = fakeHost(options);
  const exitCode = await runCli(args, host);
  return { exitCode, ...written };
}
