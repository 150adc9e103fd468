import { exitCodeOfSignal } from '../exit-codes.js';
import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';

/** What ends a command early: Ctrl-C, or a signal to the process. */
export interface Interruption {
  /** Aborted at the first signal. */
  signal: AbortSignal;
  /** The exit code that the signal asks for; absent where there was none. */
  exitCode(): number | undefined;
  /** Stops listening. */
  stop(): void;
}

/** A signal ended a command before it could begin. */
export class InterruptedError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('interrupted');
    this.name = 'InterruptedError';
    this.exitCode = exitCode;
  }
}

/** Listens for signals until `stop`. Says so when one comes; `what` is what ends then, e.g. `the run`. */
export function listenForInterruption(host: Host, terminal: Terminal, what: string): Interruption {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const stop = host.onInterrupt((signal) => {
    exitCode = exitCodeOfSignal(signal);
    terminal.live(undefined);
    terminal.log('WARN', `${signal}: ending ${what}; once more ends it at once`);
    controller.abort(new Error(`interrupted by ${signal}`));
  });
  return { signal: controller.signal, exitCode: () => exitCode, stop };
}
