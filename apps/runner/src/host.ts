import { createInterface } from 'node:readline';
import { UsageError } from './usage-error.js';

/** A stream that text goes to. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What the process lends to a command, so that commands can run in tests. */
export interface Host {
  environment: Record<string, string | undefined>;
  directory: string;
  stdout: TextStream;
  stderr: TextStream;
  /** Current time, ms. */
  now: () => number;
  /** Asks for a yes on the terminal, of which no answer is none; absent where nobody can be asked. */
  confirm?: (question: string) => Promise<boolean>;
  /** Calls `onSignal` at the first SIGINT or SIGTERM; the second one ends the process at once. Answers how to stop. */
  onInterrupt: (onSignal: (signal: 'SIGINT' | 'SIGTERM') => void) => () => void;
  /** Calls `onSignal` at each SIGHUP, which otherwise ends the process. Answers how to stop. */
  onReload: (onSignal: () => void) => () => void;
}

/** The host of the real process. `FLOWMETA_NOW` (ISO 8601) sets where the clock starts: for tests on recorded data. */
export function processHost(): Host {
  const startedAt = Date.now();
  const from = process.env.FLOWMETA_NOW ? Date.parse(process.env.FLOWMETA_NOW) : startedAt;
  // A clock that is silently not the one that was asked for would read the wrong runs.
  if (Number.isNaN(from))
    throw new UsageError('FLOWMETA_NOW is no instant', 'Write ISO 8601, e.g. 2026-11-22T12:00:00Z.');
  return {
    environment: process.env,
    directory: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => Date.now() + from - startedAt,
    ...(process.stdin.isTTY && process.stderr.isTTY ? { confirm } : {}),
    onInterrupt(onSignal) {
      let interrupted = false;
      const listen = (signal: 'SIGINT' | 'SIGTERM') => () => {
        if (interrupted) process.exit(signal === 'SIGINT' ? 130 : 143);
        interrupted = true;
        onSignal(signal);
      };
      const onInt = listen('SIGINT');
      const onTerm = listen('SIGTERM');
      process.on('SIGINT', onInt).on('SIGTERM', onTerm);
      return () => {
        process.off('SIGINT', onInt).off('SIGTERM', onTerm);
      };
    },
    onReload(onSignal) {
      process.on('SIGHUP', onSignal);
      return () => {
        process.off('SIGHUP', onSignal);
      };
    },
  };
}

async function confirm(question: string): Promise<boolean> {
  // Not as a terminal: Ctrl-C stays a signal, and ends the process.
  const lines = createInterface({ input: process.stdin, terminal: false });
  process.stderr.write(`${question} [y/N] `);
  try {
    for await (const line of lines) return /^y(?:es)?$/i.test(line.trim());
    process.stderr.write('\n');
    return false;
  } finally {
    lines.close();
    process.stdin.unref();
  }
}
