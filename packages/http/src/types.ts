import type { Dispatcher } from 'undici';

/** `fatal`: stop. `retry`: it may work later (retries are used up). `skip`: this one request can't succeed. */
export type HttpVerdict = 'fatal' | 'retry' | 'skip';

export interface RetryPolicy {
  /** Tries after the first one for network errors, time-outs, 429, 502, 503 and 504; default 4. */
  retries: number;
  /** Tries after the first one for 500, which is often no passing fault; default 1. */
  retriesOn500: number;
  /** First wait, ms; doubles each time, with full jitter; default 250. */
  baseDelayMs: number;
  /** Longest wait, ms, also for `Retry-After`; default 30_000. */
  maxDelayMs: number;
}

/** When a server counts as gone, and how long it is waited for. */
export interface CircuitPolicy {
  /** So many failed tries in a row (network, time-out, 502, 503, 504), without an answer between them; default 20. */
  failures: number;
  /** Of so many different requests, since a single one may have a trouble of its own; default 3. */
  requests: number;
  /** Between two tries that look whether the server is back, ms; default 3_000. */
  probeAfterMs: number;
  /** How long requests wait for the server before they fail, ms; default 120_000. */
  patienceMs: number;
}

export interface TlsOptions {
  /** PEM of the authority that signed the server's certificate, in addition to none of the built-in ones. */
  ca?: string;
  /** PEM, for servers that want a client certificate. */
  cert?: string;
  key?: string;
  /** Default true. */
  verify?: boolean;
}

export interface HttpClientOptions {
  /** Everything that is requested lies below it, e.g. `https://kestra.example.com/api/v1`. */
  baseUrl: string;
  /** Sent with every request, e.g. `authorization`. Never shown in errors. */
  headers?: Record<string, string>;
  /** Per try, headers and body, ms; default 30_000. */
  timeoutMs?: number;
  /** No request goes on after this instant, ms since the epoch by `now`. */
  deadline?: number;
  retry?: Partial<RetryPolicy>;
  /** Requests under way at a time; default 8. */
  concurrency?: number;
  /** Tries that may begin per second, after a first burst of as many; default no limit. */
  requestsPerSecond?: number;
  /** When the server counts as gone, and how long it is waited for. */
  circuit?: Partial<CircuitPolicy> | undefined;
  /** Longest body of an answer, also once it is unpacked, bytes; default 268_435_456 (256 MB). */
  maxBodyBytes?: number;
  tls?: TlsOptions;
  /** `HTTP_PROXY` and the like, passed in. */
  proxy?: { httpProxy?: string; httpsProxy?: string; noProxy?: string } | undefined;
  userAgent?: string;
  /** Used instead of a connection pool of our own; then `close` leaves it open. */
  dispatcher?: Dispatcher | undefined;
  /** Redacts what goes into errors, on top of the shapes that are always redacted. */
  redact?: (text: string) => string;
  /** Called after each try. */
  onAttempt?: (attempt: HttpAttempt) => void;
  /** Called when requests begin to wait for a server that was there and is gone, and when it answers again. */
  onAvailability?: (change: HttpAvailability) => void;
  /** For tests. */
  now?: () => number;
  random?: () => number;
}

export interface HttpAttempt {
  method: string;
  /** Path with query, without the base. */
  path: string;
  /** Absent when there was no answer. */
  status?: number;
  /** 1 for the first. */
  attempt: number;
  ms: number;
  willRetry: boolean;
}

/** `failures`: failed tries in a row; `waitMs`: how long requests wait at most; `afterMs`: how long the server was gone. */
export type HttpAvailability =
  | { available: false; failures: number; waitMs: number }
  | { available: true; afterMs: number };

export interface HttpRequest {
  method?: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the base url; segments already encoded, see `path`. Starts with a slash. */
  path: string;
  /** Arrays repeat the name; `undefined` is left out. */
  query?: Record<string, string | number | boolean | readonly string[] | undefined> | URLSearchParams;
  /** Sent as JSON; a string is sent as it is, with `contentType`. */
  body?: unknown;
  /** Default `application/json`. */
  contentType?: string;
  /** Default `application/json`. */
  accept?: string;
  headers?: Record<string, string>;
  /** Bodies above this size go out gzipped, bytes; default never. */
  gzipAbove?: number;
  /** What the body is read as; default `json`. With `json`, an answer that isn't JSON is an error of kind `not-json`. */
  expect?: 'json' | 'text' | 'bytes' | 'nothing';
  /** Statuses from 400 up that are an answer, not an error, e.g. `[404, 409]`. */
  accepted?: readonly number[];
  /** Whether it may be sent twice; default true for all but POST. */
  repeatable?: boolean;
  /** Statuses that are tried again for this request beyond the policy's, e.g. `[409]`. */
  retryOn?: readonly number[];
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface HttpResponse<T = unknown> {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: T;
}

export interface HttpClient {
  readonly baseUrl: string;
  request<T = unknown>(request: HttpRequest): Promise<HttpResponse<T>>;
  /** Ends open requests with an error and frees the sockets (not those of a dispatcher that was passed in). */
  close(): Promise<void>;
}

/** What went wrong, so that a caller can say what to do. */
export type HttpErrorKind =
  /** An answer of 400 and above. */
  | 'status'
  /** No connection, or it broke off. */
  | 'network'
  /** No whole answer in time. */
  | 'timeout'
  /** The run's deadline has passed. */
  | 'deadline'
  /** JSON was expected and something else came, e.g. a page of HTML. */
  | 'not-json'
  /** http on this host redirects to https. `location` names it. */
  | 'https-redirect'
  /** Redirects elsewhere: most likely a sign-in page. */
  | 'redirect'
  /** A certificate is refused, or only one side speaks TLS. */
  | 'tls'
  /** The answer's body is longer than `maxBodyBytes`. */
  | 'body-too-large'
  /** Not sent: too many requests in a row failed, and the server did not come back. The last failure is the `cause`. */
  | 'circuit-open'
  /** The client was closed. */
  | 'closed';
