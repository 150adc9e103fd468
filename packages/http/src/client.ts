import { createRedactor } from '@flowmeta/redact';
import type { Dispatcher } from 'undici';
import { Cancellation, SignalRegistry } from './cancellation.js';
import { type Admission, Circuit, type CircuitTicket, defaultCircuitPolicy } from './circuit.js';
import { createDispatcher, mayUseProxy } from './dispatcher.js';
import { BodyTooLarge, exchange, TryTimeout } from './exchange.js';
import { HttpError, isHttpError } from './http-error.js';
import { headersOf, parseBaseUrl, secretsOf } from './identity.js';
import { judge } from './judge.js';
import { describeNetworkFailure } from './network-failure.js';
import { longestTimer, pause } from './pause.js';
import { mayBeTlsPort, speaksHttpsOnly, speaksTls } from './plain-http.js';
import { type PreparedRequest, prepareRequest } from './prepare.js';
import { RateLimit } from './rate-limit.js';
import { RequestErrors } from './request-errors.js';
import { defaultRetryPolicy, delayBefore, retriesAfter } from './retry.js';
import { Slots } from './slots.js';
import type { CircuitPolicy, HttpClient, HttpClientOptions, HttpRequest, HttpResponse, RetryPolicy } from './types.js';

const defaultTimeoutMs = 30_000;
const defaultConcurrency = 8;
const defaultMaxBodyBytes = 256 * 1024 * 1024;
/** For the handshake that finds out whether a port that hangs up speaks TLS. */
const handshakeTimeoutMs = 3_000;

interface Try {
  request: HttpRequest;
  prepared: PreparedRequest;
  cancellation: Cancellation;
  attempt: number;
  ticket: CircuitTicket;
}

/**
 * A client for one server: keeps its connections, tries again what may pass, limits what is under way and how much begins
 * per second, stops asking a server that is gone, and says in each error what the caller should do.
 *
 * Keeps no cookies and follows no redirect. User info in `baseUrl` is sent as basic authentication unless `headers` has an
 * `authorization`. Throws a `TypeError` for a `baseUrl` that is no http(s) address, a proxy that is no address, and a
 * `requestsPerSecond` that is not above 0.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  return new PooledHttpClient(options);
}

class PooledHttpClient implements HttpClient {
  readonly baseUrl: string;
  readonly #options: HttpClientOptions;
  readonly #origin: string;
  readonly #prefix: string;
  readonly #headers: Record<string, string>;
  readonly #policy: RetryPolicy;
  readonly #dispatcher: Dispatcher;
  readonly #slots: Slots;
  readonly #rate: RateLimit | undefined;
  readonly #circuit: Circuit;
  readonly #circuitPolicy: CircuitPolicy;
  readonly #deadline: number;
  readonly #signals = new SignalRegistry();
  readonly #open = new Set<Cancellation>();
  readonly #errors: RequestErrors;
  readonly #now: () => number;
  readonly #random: () => number;
  #closed = false;
  /** Whether a port that hangs up may still turn out to speak TLS; false once it has answered or has been asked. */
  #mayBeTlsPort: boolean;

  constructor(options: HttpClientOptions) {
    const base = parseBaseUrl(options.baseUrl);
    this.#options = options;
    this.#origin = base.origin;
    this.#prefix = base.pathname.replace(/\/+$/, '');
    this.baseUrl = this.#origin + this.#prefix;
    this.#headers = headersOf(options, base);
    this.#policy = { ...defaultRetryPolicy, ...options.retry };
    const concurrency = options.concurrency ?? defaultConcurrency;
    this.#dispatcher = options.dispatcher ?? createDispatcher(options, concurrency);
    this.#slots = new Slots(concurrency);
    const redactor = createRedactor(secretsOf(options, this.#headers));
    const redact = (text: string): string => redactor.text(options.redact?.(text) ?? text);
    this.#errors = new RequestErrors({ origin: this.#origin, prefix: this.#prefix }, redact);
    // Monotonic: a system clock that is set back must not stretch a deadline.
    this.#now = options.now ?? (() => performance.timeOrigin + performance.now());
    this.#random = options.random ?? Math.random;
    this.#deadline = options.deadline ?? Number.POSITIVE_INFINITY;
    this.#circuitPolicy = { ...defaultCircuitPolicy, ...options.circuit };
    this.#circuit = new Circuit(this.#circuitPolicy, this.#now, options.onAvailability);
    this.#rate =
      options.requestsPerSecond === undefined ? undefined : new RateLimit(options.requestsPerSecond, this.#now);
    this.#mayBeTlsPort = base.protocol === 'http:' && options.dispatcher === undefined && !mayUseProxy(options);
  }

  async request<T = unknown>(request: HttpRequest): Promise<HttpResponse<T>> {
    const prepared = prepareRequest(request, this.#headers);
    if (this.#closed) throw this.#errors.of('closed', 'the client is closed', prepared);
    const cancellation = new Cancellation();
    const untie = request.signal === undefined ? undefined : this.#signals.tie(request.signal, cancellation);
    this.#open.add(cancellation);
    try {
      return (await this.#tryUntilDone(request, prepared, cancellation)) as HttpResponse<T>;
    } finally {
      this.#open.delete(cancellation);
      untie?.();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const cancellation of [...this.#open]) {
      cancellation.cancel(this.#errors.of('closed', 'the client was closed meanwhile', { method: 'GET', path: '/' }));
    }
    if (this.#options.dispatcher === undefined) await this.#dispatcher.destroy();
  }

  async #tryUntilDone(
    request: HttpRequest,
    prepared: PreparedRequest,
    cancellation: Cancellation,
  ): Promise<HttpResponse> {
    const ticket: CircuitTicket = {};
    for (let attempt = 1; ; attempt += 1) {
      cancellation.throwIfCancelled();
      await this.#slots.take(cancellation);
      let outcome: { response: HttpResponse } | { delay: number };
      try {
        outcome = await this.#tryInSlot({ request, prepared, cancellation, attempt, ticket });
      } finally {
        this.#slots.release();
      }
      if ('response' in outcome) return outcome.response;
      await pause(outcome.delay, cancellation);
    }
  }

  /** One try, with what comes before and after it. Throws the error that is the last word on the request. */
  async #tryInSlot(details: Try): Promise<{ response: HttpResponse } | { delay: number }> {
    const { request, prepared, cancellation, attempt } = details;
    const admission = await this.#admit(details);
    const start = this.#now();
    let delay: number | undefined;
    let status: number | undefined;
    try {
      const response = await this.#tryOnce(request, prepared, cancellation);
      status = response.status;
      this.#circuit.answered();
      return { response };
    } catch (error) {
      if (isHttpError(error)) status = error.status;
      delay = this.#delayAfter(error, admission, details);
      if (delay === undefined) throw isHttpError(error) ? withAttempts(error, attempt) : error;
      return { delay };
    } finally {
      this.#options.onAttempt?.({
        method: prepared.method,
        path: prepared.path,
        ...(status === undefined ? {} : { status }),
        attempt,
        ms: this.#now() - start,
        willRetry: delay !== undefined,
      });
    }
  }

  /** Waits for the server to be there, and for this try's turn. */
  async #admit({ prepared, cancellation, attempt }: Try): Promise<Admission> {
    const limits = { cancellation, deadline: this.#deadline };
    const admission = await this.#circuit.enter(limits);
    if (admission === 'given-up') {
      const { failures, lastFailure } = this.#circuit;
      const { patienceMs } = this.#circuitPolicy;
      const { method, path } = prepared;
      throw this.#errors.circuitOpen({ failures, lastFailure, patienceMs }, { method, path, attempts: attempt - 1 });
    }
    if (admission === 'too-late')
      throw this.#errors.of('deadline', 'the deadline passed while the server was gone', prepared);
    if (this.#rate === undefined) return admission;
    let inTime = false;
    try {
      inTime = await this.#rate.take(limits);
    } finally {
      if (!inTime) this.#circuit.abandoned(admission);
    }
    if (inTime) return admission;
    throw this.#errors.of('deadline', 'the rate limit leaves no turn before the deadline', prepared);
  }

  /** How long to wait before the next try, ms; nothing when the error is the last word. */
  #delayAfter(
    error: unknown,
    admission: Admission,
    { request, prepared, cancellation, attempt, ticket }: Try,
  ): number | undefined {
    // Nobody there to be retried for, e.g. a certificate that is refused or a proxy that says no.
    const isHopeless =
      !isHttpError(error) || (error.kind === 'network' && !describeNetworkFailure(error.cause).passing);
    if (cancellation.isCancelled || isHopeless) {
      this.#circuit.abandoned(admission);
      cancellation.throwIfCancelled();
      return undefined;
    }
    const repeatable = request.repeatable ?? prepared.method !== 'POST';
    const allowed = repeatable ? retriesAfter(error, this.#policy, request.retryOn) : 0;
    const isLast = allowed > 0 && attempt > allowed;
    if (this.#circuit.failed(error, { ticket, admission, isLast })) return 0;
    if (attempt > allowed) return undefined;
    const delay = delayBefore(attempt, this.#policy, { retryAfterMs: error.retryAfterMs, random: this.#random });
    return this.#now() + delay >= this.#deadline ? undefined : delay;
  }

  async #tryOnce(request: HttpRequest, prepared: PreparedRequest, cancellation: Cancellation): Promise<HttpResponse> {
    const ownLimit = request.timeoutMs ?? this.#options.timeoutMs ?? defaultTimeoutMs;
    const left = this.#deadline - this.#now();
    if (left <= 0) throw this.#errors.of('deadline', 'the deadline has passed', prepared);
    const timeoutMs = Math.min(ownLimit, left, longestTimer);
    const maxBodyBytes = this.#options.maxBodyBytes ?? defaultMaxBodyBytes;
    let answer: Awaited<ReturnType<typeof exchange>>;
    try {
      answer = await exchange(
        this.#dispatcher,
        {
          origin: this.#origin,
          path: this.#prefix + prepared.path,
          method: prepared.method,
          headers: prepared.headers,
          body: prepared.body ?? null,
        },
        { timeoutMs, maxBodyBytes, cancellation },
      );
      this.#mayBeTlsPort = false;
    } catch (error) {
      cancellation.throwIfCancelled();
      if (error instanceof TryTimeout) {
        if (left <= ownLimit) throw this.#errors.of('deadline', 'no whole answer before the deadline', prepared);
        throw this.#errors.of('timeout', `no whole answer within ${timeoutMs} ms`, prepared);
      }
      if (error instanceof BodyTooLarge) {
        this.#circuit.answered();
        throw this.#errors.of('body-too-large', `the answer is longer than ${maxBodyBytes} bytes`, prepared);
      }
      if (await this.#isTlsPort(error, { timeoutMs: Math.min(left, handshakeTimeoutMs), cancellation }))
        throw this.#errors.of('tls', speaksHttpsOnly, prepared);
      cancellation.throwIfCancelled();
      throw this.#errors.network(error, prepared);
    }
    return judge(answer, request, this.#errors.facts(prepared, this.#now()));
  }

  /** Asks once per client, and only where nothing has ever answered. */
  async #isTlsPort(error: unknown, limits: { timeoutMs: number; cancellation: Cancellation }): Promise<boolean> {
    if (!this.#mayBeTlsPort || !mayBeTlsPort(error)) return false;
    this.#mayBeTlsPort = false;
    return speaksTls(new URL(this.#origin), limits);
  }
}

function withAttempts(error: HttpError, attempts: number): HttpError {
  if (attempts === 1) return error;
  return new HttpError(`${error.message} (${attempts} tries)`, { ...error, attempts, cause: error.cause });
}
