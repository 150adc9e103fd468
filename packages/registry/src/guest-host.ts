import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ToGuest, ToHost } from './messages.js';

/** A worker or process in which a connector runs. */
export interface Guest {
  send(message: ToGuest): void;
  /** Ends it at once, whatever it is doing. */
  kill(): Promise<void>;
}

export interface StartGuestOptions {
  /** Size that its heap may grow to, MB. */
  maxMemory?: number | undefined;
  onMessage: (message: ToHost) => void;
  /** A line that it wrote to stdout or stderr. */
  onOutput: (line: string) => void;
  /** It has ended. */
  onEnd: (how: { isOutOfMemory: boolean; reason: string }) => void;
}

const file = new URL('./guest.js', import.meta.url);

/** Starts the guest in a thread of this process. */
export function startWorker({ maxMemory, onMessage, onOutput, onEnd }: StartGuestOptions): Guest {
  const worker = new Worker(file, {
    stdout: true,
    stderr: true,
    execArgv: [],
    ...(maxMemory === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxMemory } }),
  });
  let failure: (Error & { code?: string }) | undefined;
  worker.on('message', onMessage);
  worker.on('error', (error) => {
    failure = error as Error;
  });
  worker.on('exit', (code) => {
    onEnd({
      isOutOfMemory: failure?.code === 'ERR_WORKER_OUT_OF_MEMORY',
      reason: failure?.message ?? `exit code ${code}`,
    });
  });
  eachLine(worker.stdout, onOutput);
  eachLine(worker.stderr, onOutput);
  return {
    send: (message) => worker.postMessage(message),
    async kill() {
      await worker.terminate();
    },
  };
}

/** Starts the guest in a process of its own, with the environment of this one. */
export function startProcess({ maxMemory, onMessage, onOutput, onEnd }: StartGuestOptions): Guest {
  const child = fork(fileURLToPath(file), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: maxMemory === undefined ? [] : [`--max-old-space-size=${maxMemory}`],
  });
  let isOutOfMemory = false;
  let crash: string | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      crash ??= error.message;
      // It could not even be started: nothing else comes.
      if (child.pid === undefined) end(null, null);
    });
    child.once('close', (code, signal) => end(code, signal));
    function end(code: number | null, signal: string | null) {
      process.off('exit', killNow);
      onEnd({ isOutOfMemory, reason: crash ?? signal ?? `exit code ${code}` });
      resolve();
    }
  });
  const killNow = () => child.kill('SIGKILL');
  // Left alone, one that hangs would outlive this process.
  process.once('exit', killNow);
  child.on('message', (message: ToHost) => {
    if (message.kind === 'crash') crash = message.error.message;
    onMessage(message);
  });
  eachLine(child.stdout!, onOutput);
  eachLine(child.stderr!, (line) => {
    isOutOfMemory ||= /heap out of memory/.test(line);
    onOutput(line);
  });
  return {
    send(message) {
      // That it has gone shows when it ends.
      if (child.connected) child.send(message, () => {});
    },
    async kill() {
      killNow();
      await ended;
    },
  };
}

function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    // A line that never ends is cut.
    rest = lines.pop()!.slice(-10_000);
    for (const line of lines) if (line.trim() !== '') onLine(line);
  });
}
