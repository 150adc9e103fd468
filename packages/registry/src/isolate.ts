import {
  type CheckStep,
  type Connector,
  type ConnectorContext,
  hintOf,
  orAborted,
  type SourceAvailability,
  type SourceEvent,
  type SourceRequest,
  VerdictError,
} from '@flowmeta/connector';
import { type Guest, startProcess, startWorker } from './guest-host.js';
import type { Method, Question, ToHost } from './messages.js';
import { packError, unpackError } from './plain-error.js';

/** How a connector is kept apart. It guards against faults, not against malice: files, network and environment are open to it. */
export interface Isolation {
  /** A thread of this process, or a process of its own, which also survives native code that crashes. */
  type: 'worker' | 'process';
  /** What its heap may grow to, MB; default as Node decides. */
  maxMemory?: number | undefined;
  /** Longest silence while something is expected of it, ms: no event, no request, no answer. Default five minutes. */
  timeout?: number | undefined;
}

export interface IsolatedModule {
  /** How a person knows the connector, e.g. `Acme`. */
  title: string;
  /** Url of the module, and the keys that lead to the definition in it. */
  module: string;
  exported: string[];
}

export interface OpenIsolatedOptions {
  /** As a person wrote it: data that can be copied. Its schema checks it over there. */
  config: unknown;
  context: ConnectorContext;
  isolation: Isolation;
}

const defaultTimeout = 300_000;
/** How long it may take at least until it is open, ms: a process that starts on a busy machine is no fault of the connector. */
const openingPatience = 30_000;
/** Events that may be under way. */
const window = 64;
/** How long `close` waits for the connector's own, ms. */
const closePatience = 2_000;

/**
 * Opens a connector in a worker or a process. What it yields is passed on one by one, at the pace of the reader. When it crashes, runs out
 * of memory or falls silent, the read that is going on throws a fatal error, after the events that had come, and so does every later call.
 */
export async function openIsolated(target: IsolatedModule, options: OpenIsolatedOptions): Promise<Connector> {
  const conversation = new Conversation(target.title, options);
  const { name, specVersion, capabilities, methods } = await conversation.open(target, options);
  return {
    name,
    specVersion,
    capabilities,
    async *check({ signal } = {}): AsyncGenerator<CheckStep> {
      try {
        yield* conversation.stream('check', {}, signal) as AsyncIterable<CheckStep>;
      } catch (error) {
        if (signal?.aborted || !conversation.hasEnded) throw error;
        const hint = hintOf(error);
        yield {
          name: 'isolation',
          status: 'failed',
          message: (error as Error).message,
          ...(hint === undefined ? {} : { hint }),
        };
      }
    },
    read: ({ signal, known, runsSince, ...rest }) =>
      conversation.stream('read', rest, signal, {
        ...(known ? { known } : {}),
        ...(runsSince ? { runsSince } : {}),
      } as Questions) as AsyncIterable<SourceEvent>,
    ...(methods.includes('installedTypes')
      ? { installedTypes: ({ signal } = {}) => conversation.call('installedTypes', [], signal) as never }
      : {}),
    ...(methods.includes('owns')
      ? { owns: (pipeline, { signal } = {}) => conversation.call('owns', [pipeline], signal) as never }
      : {}),
    ...(methods.includes('exists')
      ? { exists: (pipeline, { signal } = {}) => conversation.call('exists', [pipeline], signal) as never }
      : {}),
    ...(methods.includes('countRuns')
      ? {
          countRuns: (windows, { signal, ...options } = {}) =>
            conversation.call('countRuns', [windows], signal, options) as never,
        }
      : {}),
    ...(methods.includes('tenants')
      ? { tenants: ({ signal } = {}) => conversation.call('tenants', [], signal) as never }
      : {}),
    close: () => conversation.close(),
  };
}

type Questions = Partial<Record<Question, (...args: unknown[]) => Promise<unknown>>>;
type Opened = Extract<ToHost, { kind: 'opened' }>;

interface Call {
  questions: Questions;
  onMessage(message: Extract<ToHost, { id: number }>): void;
  /** The guest has ended; nothing more comes. */
  onLost(error: Error): void;
}

/** What is said between this process and the guest. */
class Conversation {
  readonly #title: string;
  readonly #isolation: Isolation;
  readonly #context: ConnectorContext;
  readonly #guest: Guest;
  readonly #calls = new Map<number, Call>();
  #lastCall = 0;
  #opening: { resolve: (opened: Opened) => void; reject: (error: Error) => void } | undefined;
  #lost: Error | undefined;
  #closing: Promise<void> | undefined;
  /** Waits for the guest that are going on, and questions of the guest that are not answered yet. */
  #waits = 0;
  #questions = 0;
  #timer: NodeJS.Timeout | undefined;
  #lifeSigns = 0;

  constructor(title: string, { context, isolation }: OpenIsolatedOptions) {
    this.#title = title;
    this.#isolation = isolation;
    this.#context = context;
    const start = isolation.type === 'worker' ? startWorker : startProcess;
    this.#guest = start({
      maxMemory: isolation.maxMemory,
      onMessage: (message) => this.#receive(message),
      onOutput: (line) => context.debug?.(`${title}: ${line}`),
      onEnd: ({ isOutOfMemory, reason }) => this.#lose(isOutOfMemory ? this.#outOfMemory() : this.#crashed(reason)),
    });
  }

  get hasEnded(): boolean {
    return this.#lost !== undefined;
  }

  async open({ module, exported }: IsolatedModule, { config, context }: OpenIsolatedOptions): Promise<Opened> {
    const { now, debug: _debug, onRequest: _onRequest, onAvailability: _onAvailability, ...plain } = context;
    try {
      return await this.#wait(
        new Promise<Opened>((resolve, reject) => {
          this.#opening = { resolve, reject };
          const clockOffset = now() - machineClock();
          this.#guest.send({ kind: 'open', module, exported, config, clockOffset, context: plain });
        }),
      );
    } catch (error) {
      await this.#guest.kill();
      throw error;
    } finally {
      this.#opening = undefined;
    }
  }

  async call(method: Method, args: unknown[], signal?: AbortSignal, options: object = {}): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.#lost) throw this.#lost;
    this.#lastCall += 1;
    const id = this.#lastCall;
    try {
      const answer = new Promise((resolve, reject) => {
        this.#calls.set(id, {
          questions: {},
          onMessage: (message) => {
            if (message.kind === 'fail') reject(unpackError(message.error));
            else if (message.kind === 'end') resolve(message.value);
          },
          onLost: reject,
        });
      });
      this.#guest.send({ kind: 'call', id, method, args: [...args, options], questions: [], credit: 0 });
      return await this.#wait(orAborted(answer, signal));
    } finally {
      this.#calls.delete(id);
      if (signal?.aborted) this.#guest.send({ kind: 'stop', id });
    }
  }

  async *stream(
    method: 'check' | 'read',
    options: object,
    signal?: AbortSignal,
    questions: Questions = {},
  ): AsyncGenerator<unknown> {
    signal?.throwIfAborted();
    if (this.#lost) throw this.#lost;
    this.#lastCall += 1;
    const id = this.#lastCall;
    const come: (() => { value: unknown } | undefined)[] = [];
    let wake = () => {};
    const take = (next: () => { value: unknown } | undefined) => {
      come.push(next);
      wake();
    };
    const fail = (error: Error) =>
      take(() => {
        throw error;
      });
    this.#calls.set(id, {
      questions,
      onMessage(message) {
        if (message.kind === 'item') take(() => message);
        else if (message.kind === 'skipped') {
          const { ref, error } = message;
          take(() => ({ value: { kind: 'skipped', ref, error: unpackError(error) } }));
        } else if (message.kind === 'end') take(() => undefined);
        else fail(unpackError(message.error));
      },
      onLost: fail,
    });
    try {
      this.#guest.send({
        kind: 'call',
        id,
        method,
        args: [options],
        questions: Object.keys(questions) as Question[],
        credit: window,
      });
      for (let taken = 1; ; taken += 1) {
        if (come.length === 0) {
          const arrival = new Promise<void>((resolve) => {
            wake = resolve;
          });
          await this.#wait(orAborted(arrival, signal));
        }
        signal?.throwIfAborted();
        const next = come.shift()!();
        if (next === undefined) return;
        yield next.value;
        if (taken % (window / 2) === 0) this.#guest.send({ kind: 'more', id, credit: window / 2 });
      }
    } finally {
      this.#calls.delete(id);
      this.#guest.send({ kind: 'stop', id });
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closePatience);
    });
    await Promise.race([this.call('close', []).catch(() => undefined), patience]);
    clearTimeout(timer);
    this.#lose(new VerdictError(`${this.#title} is closed`, { verdict: 'fatal' }));
    await this.#guest.kill();
  }

  #receive(message: ToHost): void {
    this.#lifeSigns += 1;
    this.#watch();
    switch (message.kind) {
      case 'opened':
        this.#opening?.resolve(message);
        break;
      case 'refused':
        this.#opening?.reject(unpackError(message.error));
        break;
      case 'debug':
        this.#context.debug?.(message.message);
        break;
      case 'request':
        this.#context.onRequest?.(message.request as SourceRequest);
        break;
      case 'availability':
        this.#context.onAvailability?.(message.change as SourceAvailability);
        break;
      case 'ask':
        void this.#answer(message);
        break;
      case 'item':
      case 'skipped':
      case 'end':
      case 'fail':
        this.#calls.get(message.id)?.onMessage(message);
        break;
      case 'ready':
      case 'crash':
        break;
    }
  }

  async #answer({ question, call, what, args }: Extract<ToHost, { kind: 'ask' }>): Promise<void> {
    this.#questions += 1;
    this.#watch();
    try {
      const value = await this.#calls.get(call)?.questions[what]?.(...args);
      this.#guest.send({ kind: 'answer', question, value });
    } catch (error) {
      this.#guest.send({ kind: 'answer', question, error: packError(error) });
    } finally {
      this.#questions -= 1;
      this.#watch();
    }
  }

  /** Waits for something from the guest, no longer than its silence may last. */
  async #wait<T>(promise: Promise<T>): Promise<T> {
    this.#waits += 1;
    this.#watch();
    try {
      return await promise;
    } finally {
      this.#waits -= 1;
      this.#watch();
    }
  }

  /** Silence counts from now, if it is the guest's turn to speak. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#waits === 0 || this.#questions > 0 || this.#lost) return;
    const { timeout: wanted = defaultTimeout } = this.#isolation;
    const timeout = this.#opening ? Math.max(wanted, openingPatience) : wanted;
    this.#timer = setTimeout(() => {
      const heard = this.#lifeSigns;
      // Where this process was busy itself, messages that have come are read only now.
      setImmediate(() => {
        if (heard === this.#lifeSigns && this.#waits > 0) this.#hang(timeout);
      });
    }, timeout);
  }

  #hang(timeout: number): void {
    this.#lose(
      new VerdictError(`${this.#title} gave no sign of life for ${timeout / 1000} s, and was ended`, {
        verdict: 'fatal',
        hint: 'If it may be silent for so long, raise isolation.timeout; otherwise tell its authors.',
      }),
    );
    void this.#guest.kill();
  }

  #lose(error: Error): void {
    if (this.#lost) return;
    this.#lost = error;
    clearTimeout(this.#timer);
    this.#opening?.reject(error);
    for (const call of [...this.#calls.values()]) call.onLost(error);
  }

  #outOfMemory(): Error {
    const { maxMemory } = this.#isolation;
    const limit = maxMemory === undefined ? '' : ` of ${maxMemory} MB`;
    return new VerdictError(`${this.#title} needed more than the memory${limit} that it may have, and was ended`, {
      verdict: 'fatal',
      hint: 'Raise isolation.maxMemory, or let it read less at once.',
    });
  }

  #crashed(reason: string): Error {
    return new VerdictError(`${this.#title} has crashed: ${reason}`, {
      verdict: 'fatal',
      hint: 'This is a fault of the connector. Run it with --log-level debug to see what it wrote, and tell its authors.',
    });
  }
}

/** The clock of the machine, ms: only to tell the guest how the host's differs from it. */
function machineClock(): number {
  return performance.timeOrigin + performance.now();
}
