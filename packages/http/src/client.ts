import { createRedactor } from '@flowmeta/redact';
import type { Dispatcher } from 'undici';
import { Cancellation, SignalRegistry } from './cancellation.js';
import { createDispatcher } from './dispatcher.js';
import { exchange, TryTimeout } from './exchange.js';
import { HttpError, isHttpError } from './http-error.js';
import { judge, type RequestFacts } from './judge.js';
import { describeNetworkFailure } from './network-failure.js';
import { type PreparedRequest, prepareRequest } from './prepare.js';
import { defaultRetryPolicy, delayBefore, retriesAfter } from './retry.js';
import { Slots } from './slots.js';
import type { HttpClient, HttpClientOptions, HttpRequest, HttpResponse, RetryPolicy } from './types.js';

const defaultTimeoutMs = 30_000;
const defaultConcurrency = 8;
/** What a timer can hold; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * A client for one server: keeps its connections, tries again what may pass, limits what is under way, and says in each
 * error what the caller should do.
 *
 * Keeps no cookies and follows no redirect. User info in `baseUrl` is sent as basic authentication unless `headers` has an
 * `authorization`. Throws a `TypeError` for a `baseUrl` that is no http(s) address.
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
  readonly #signals = new SignalRegistry();
  readonly #open = new Set<Cancellation>();
  readonly #redact: (text: string) => string;
  readonly #now: () => number;
  readonly #random: () => number;
  #closed = false;

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
    this.#redact = (text) => redactor.text(options.redact?.(text) ?? text);
    // Monotonic: a system clock that is set back must not stretch a deadline.
    this.#now = options.now ?? (() => performance.timeOrigin + performance.now());
    this.#random = options.random ?? Math.random;
  }

  async request<T = unknown>(request: HttpRequest): Promise<HttpResponse<T>> {
    const prepared = prepareRequest(request, this.#headers);
    if (this.#closed) throw this.#error(prepared, 'closed', 'the client is closed');
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
      cancellation.cancel(this.#error({ method: 'GET', path: '/' }, 'closed', 'the client was closed meanwhile'));
    }
    if (this.#options.dispatcher === undefined) await this.#dispatcher.destroy();
  }

  async #tryUntilDone(
    request: HttpRequest,
    prepared: PreparedRequest,
    cancellation: Cancellation,
  ): Promise<HttpResponse> {
    const repeatable = request.repeatable ?? prepared.method !== 'POST';
    for (let attempt = 1; ; attempt += 1) {
      cancellation.throwIfCancelled();
      await this.#slots.take(cancellation);
      const start = this.#now();
      let failure: HttpError | undefined;
      let delay: number | undefined;
      let status: number | undefined;
      try {
        const response = await this.#tryOnce(request, prepared, cancellation);
        status = response.status;
        return response;
      } catch (error) {
        cancellation.throwIfCancelled();
        if (!isHttpError(error)) throw error;
        failure = error;
        status = error.status;
        const allowed = repeatable ? retriesAfter(error, this.#policy, request.retryOn) : 0;
        if (attempt <= allowed) delay = this.#delay(attempt, error);
      } finally {
        this.#slots.release();
        this.#options.onAttempt?.({
          method: prepared.method,
          path: prepared.path,
          ...(status === undefined ? {} : { status }),
          attempt,
          ms: this.#now() - start,
          willRetry: delay !== undefined,
        });
      }
      if (delay === undefined) throw withAttempts(failure, attempt);
      await this.#pause(delay, cancellation);
    }
  }

  /** Nothing when the next try would lie behind the deadline: then this error is the last word. */
  #delay(attempt: number, error: HttpError): number | undefined {
    // Nobody there to be retried for, e.g. a certificate that is refused or a proxy that says no.
    if (error.verdict === 'fatal' && error.cause !== undefined && !describeNetworkFailure(error.cause).passing) return;
    const delay = delayBefore(attempt, this.#policy, { retryAfterMs: error.retryAfterMs, random: this.#random });
    const { deadline } = this.#options;
    return deadline !== undefined && this.#now() + delay >= deadline ? undefined : delay;
  }

  async #tryOnce(request: HttpRequest, prepared: PreparedRequest, cancellation: Cancellation): Promise<HttpResponse> {
    const ownLimit = request.timeoutMs ?? this.#options.timeoutMs ?? defaultTimeoutMs;
    const left = (this.#options.deadline ?? Number.POSITIVE_INFINITY) - this.#now();
    if (left <= 0) throw this.#error(prepared, 'deadline', 'the deadline has passed');
    const timeoutMs = Math.min(ownLimit, left, longestTimer);
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
        { timeoutMs, cancellation },
      );
    } catch (error) {
      cancellation.throwIfCancelled();
      if (error instanceof TryTimeout) {
        if (left <= ownLimit) throw this.#error(prepared, 'deadline', 'no whole answer before the deadline');
        throw this.#error(prepared, 'timeout', `no whole answer within ${timeoutMs} ms`);
      }
      throw this.#networkError(prepared, error);
    }
    return judge(answer, request, this.#facts(prepared));
  }

  #facts(prepared: Pick<PreparedRequest, 'method' | 'path'>): RequestFacts {
    const origin = this.#origin;
    const address = origin + this.#prefix + prepared.path;
    const redact = this.#redact;
    return {
      method: prepared.method,
      // Made when an error wants them: successes are many and need neither.
      get url() {
        return redact(address);
      },
      get target() {
        return new URL(address);
      },
      redact,
      now: this.#now(),
    };
  }

  #networkError(prepared: PreparedRequest, cause: unknown): HttpError {
    const { kind, verdict, message, hint } = describeNetworkFailure(cause);
    const { url } = this.#facts(prepared);
    return new HttpError(`${prepared.method} ${url} failed: ${this.#redact(message)}`, {
      kind,
      verdict,
      hint,
      method: prepared.method,
      url,
      cause,
    });
  }

  #error(
    prepared: Pick<PreparedRequest, 'method' | 'path'>,
    kind: 'closed' | 'deadline' | 'timeout',
    what: string,
  ): HttpError {
    const { method, url } = this.#facts(prepared);
    const verdict = kind === 'timeout' ? 'retry' : 'fatal';
    return new HttpError(`${method} ${url}: ${what}`, { kind, verdict, method, url });
  }

  #pause(ms: number, cancellation: Cancellation): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        cancellation.listen(undefined);
        resolve();
      }, ms);
      cancellation.listen((reason) => {
        clearTimeout(timer);
        reject(reason);
      });
    });
  }
}

function withAttempts(error: HttpError, attempts: number): HttpError {
  if (attempts === 1) return error;
  return new HttpError(`${error.message} (${attempts} tries)`, { ...error, attempts, cause: error.cause });
}

function parseBaseUrl(baseUrl: string): URL {
  // The address is not repeated in the error: it may hold a password.
  if (!URL.canParse(baseUrl)) throw new TypeError('the base url is no absolute url, e.g. https://host:8080/api');
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`the base url must begin with http:// or https://, not with ${url.protocol}`);
  }
  return url;
}

function headersOf(options: HttpClientOptions, base: URL): Record<string, string> {
  const headers: Record<string, string> = { 'accept-encoding': 'gzip, br' };
  if (options.userAgent !== undefined) headers['user-agent'] = options.userAgent;
  if (base.username !== '') {
    const userInfo = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
    headers.authorization = `Basic ${Buffer.from(userInfo).toString('base64')}`;
  }
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
  return headers;
}

/** What must not show in an error: a server may repeat what it was sent. */
function secretsOf(options: HttpClientOptions, headers: Record<string, string>): string[] {
  const secrets: string[] = [];
  const { authorization } = headers;
  if (authorization !== undefined) {
    const credentials = authorization.replace(/^\S+\s+/, '');
    secrets.push(credentials);
    if (/^basic\s/i.test(authorization)) {
      secrets.push(
        Buffer.from(credentials, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, ''),
      );
    }
  }
  if (options.tls?.key !== undefined) secrets.push(options.tls.key);
  return secrets;
}
