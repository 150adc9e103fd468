import type { Cancellation } from './cancellation.js';
import type { HttpError } from './http-error.js';
import { longestTimer } from './pause.js';
import type { CircuitPolicy, HttpAvailability } from './types.js';

export const defaultCircuitPolicy: CircuitPolicy = {
  failures: 20,
  requests: 3,
  probeAfterMs: 3_000,
  patienceMs: 120_000,
};

/** `probe`: the one try that finds out whether the server is back. The last two mean that nothing may be sent. */
export type Admission = 'normal' | 'probe' | 'given-up' | 'too-late';

/** What one request remembers of the circuit over its tries. */
export interface CircuitTicket {
  /** Since when it lives on tries beyond its own, ms. */
  beyondOwnTriesSince?: number;
}

/** What a server may ask for with `Retry-After` while it is probed, ms: after a longer one it may long be back. */
const longestProbeWait = 30_000;

const deadStatuses = new Set([502, 503, 504]);

/** Whether an error says that the server is not there, not that it dislikes the request. */
const saysDead = (error: HttpError): boolean =>
  error.kind === 'network' || error.kind === 'timeout' || deadStatuses.has(error.status ?? 0);

/** Whether an error is an answer of the server, which therefore lives. */
const saysAlive = (error: HttpError): boolean => error.status !== undefined && !deadStatuses.has(error.status);

/**
 * Stops asking a server that is gone. It opens after so many failed tries in a row, of several requests: then tries wait,
 * and one at a time goes out to see whether the server is back. The first answer lets all go on. When none has come within
 * the patience, requests fail at once, but for the one now and then that goes on looking. For a server that has never
 * answered there is no patience.
 */
export class Circuit {
  readonly #policy: CircuitPolicy;
  readonly #now: () => number;
  readonly #waiting = new Set<() => void>();
  readonly #failed = new Set<CircuitTicket>();
  #failures = 0;
  #lastFailure: HttpError | undefined;
  #openedAt: number | undefined;
  #nextProbeAt = 0;
  #isProbing = false;
  #hasAnswered = false;
  readonly #onChange: (change: HttpAvailability) => void;
  /** Whether it has been told that the server is gone. */
  #isTold = false;

  /** `onChange` is told of a server that is waited for, and when it is back. */
  constructor(policy: CircuitPolicy, now: () => number, onChange: (change: HttpAvailability) => void = () => {}) {
    this.#policy = policy;
    this.#now = now;
    this.#onChange = onChange;
  }

  /** Failed tries since the last answer. */
  get failures(): number {
    return this.#failures;
  }

  get lastFailure(): HttpError | undefined {
    return this.#lastFailure;
  }

  /** Resolves when a try may go out, or must not; rejects with the cancellation's reason. */
  enter(options: { cancellation: Cancellation; deadline: number }): Promise<Admission> | Admission {
    return this.#openedAt === undefined ? 'normal' : this.#enterOpen(options);
  }

  async #enterOpen(options: { cancellation: Cancellation; deadline: number }): Promise<Admission> {
    while (this.#openedAt !== undefined) {
      const now = this.#now();
      if (now >= options.deadline) return 'too-late';
      if (!this.#isProbing && now >= this.#nextProbeAt) {
        this.#isProbing = true;
        return 'probe';
      }
      const end = this.#openedAt + this.#patienceMs;
      if (now >= end) return 'given-up';
      const next = this.#isProbing ? end : Math.min(this.#nextProbeAt, end);
      await this.#change(Math.min(next, options.deadline) - now, options.cancellation);
    }
    return 'normal';
  }

  /** The server answered, whatever it said. */
  answered(): void {
    const goneSince = this.#isTold ? this.#openedAt : undefined;
    this.#hasAnswered = true;
    this.#failures = 0;
    this.#failed.clear();
    this.#lastFailure = undefined;
    this.#openedAt = undefined;
    this.#isProbing = false;
    this.#isTold = false;
    this.#wake();
    if (goneSince !== undefined) this.#onChange({ available: true, afterMs: this.#now() - goneSince });
  }

  /**
   * Takes note of a failed try. Returns true when the request should wait for the server instead of giving up:
   * `isLast` says that it has no try of its own left.
   */
  failed(
    error: HttpError,
    { ticket, admission, isLast }: { ticket: CircuitTicket; admission: Admission; isLast: boolean },
  ): boolean {
    if (error.status !== undefined) this.#hasAnswered = true;
    if (saysAlive(error)) this.answered();
    if (!saysDead(error)) {
      this.abandoned(admission);
      return false;
    }
    const now = this.#now();
    this.#failures += 1;
    this.#lastFailure = error;
    if (this.#failed.size < this.#policy.requests) this.#failed.add(ticket);
    if (admission === 'probe') {
      this.#isProbing = false;
      this.#nextProbeAt = now + this.#probeWait(error);
      this.#wake();
    }
    const isManifold = this.#failed.size >= this.#policy.requests;
    // Nobody may lose data to a dead server while the others are about to wait for it.
    if (this.#openedAt === undefined && isManifold && (isLast || this.#failures >= this.#policy.failures)) {
      this.#openedAt = now;
      this.#nextProbeAt = now + this.#probeWait(error);
      if (this.#hasAnswered) {
        this.#isTold = true;
        this.#onChange({ available: false, failures: this.#failures, waitMs: this.#patienceMs });
      }
    }
    if (this.#openedAt === undefined || !isLast) return false;
    ticket.beyondOwnTriesSince ??= now;
    return now - ticket.beyondOwnTriesSince < this.#patienceMs;
  }

  /** A try ended without telling anything about the server. */
  abandoned(admission: Admission): void {
    if (admission !== 'probe') return;
    this.#isProbing = false;
    this.#wake();
  }

  /** A server that has never answered is more likely misspelled than restarting. */
  get #patienceMs(): number {
    return this.#hasAnswered ? this.#policy.patienceMs : 0;
  }

  #probeWait({ retryAfterMs = 0 }: HttpError): number {
    return Math.max(this.#policy.probeAfterMs, Math.min(retryAfterMs, longestProbeWait));
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #change(ms: number, cancellation: Cancellation): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        cancellation.listen(undefined);
        resolve();
      };
      const timer = setTimeout(end, Math.min(Math.ceil(ms), longestTimer));
      this.#waiting.add(end);
      cancellation.listen((reason) => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        reject(reason);
      });
    });
  }
}
