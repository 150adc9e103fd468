import { HttpError } from './http-error.js';
import type { RequestFacts } from './judge.js';
import { describeNetworkFailure } from './network-failure.js';
import type { PreparedRequest } from './prepare.js';
import type { HttpVerdict } from './types.js';

type Named = Pick<PreparedRequest, 'method' | 'path'>;

const verdicts = {
  closed: 'fatal',
  deadline: 'fatal',
  tls: 'fatal',
  timeout: 'retry',
  'body-too-large': 'skip',
} as const satisfies Record<string, HttpVerdict>;

/** Makes the errors of one client: with the address of the request, and redacted. */
export class RequestErrors {
  readonly #origin: string;
  readonly #prefix: string;
  readonly #redact: (text: string) => string;

  constructor(base: { origin: string; prefix: string }, redact: (text: string) => string) {
    this.#origin = base.origin;
    this.#prefix = base.prefix;
    this.#redact = redact;
  }

  /** What judging an answer takes. */
  facts({ method, path }: Named, now: number): RequestFacts {
    const redact = this.#redact;
    const address = this.#origin + this.#prefix + path;
    return {
      method,
      // Made when an error wants them: successes are many and need neither.
      get url() {
        return redact(address);
      },
      get target() {
        return new URL(address);
      },
      redact,
      now,
    };
  }

  of(kind: keyof typeof verdicts, what: string, request: Named): HttpError {
    const url = this.#urlOf(request);
    const hint = kind === 'tls' ? `Use ${this.#origin.replace(/^http:/, 'https:')} as the address.` : undefined;
    const { method } = request;
    return new HttpError(`${method} ${url}: ${what}`, { kind, verdict: verdicts[kind], hint, method, url });
  }

  network(cause: unknown, request: Named): HttpError {
    const { kind, verdict, message, hint } = describeNetworkFailure(cause);
    const url = this.#urlOf(request);
    return new HttpError(`${request.method} ${url} failed: ${this.#redact(message)}`, {
      kind,
      verdict,
      hint,
      method: request.method,
      url,
      cause,
    });
  }

  /** For a request that is held back since the server did not come back. */
  circuitOpen(
    { failures, lastFailure, patienceMs }: { failures: number; lastFailure: HttpError | undefined; patienceMs: number },
    { attempts, ...request }: Named & { attempts: number },
  ): HttpError {
    const url = this.#urlOf(request);
    const seconds = Math.round(patienceMs / 1000);
    const what = `not sent, since the server failed ${failures} times in a row and did not come back within ${seconds} s`;
    return new HttpError(`${request.method} ${url}: ${what}. The last failure: ${lastFailure?.message}`, {
      kind: 'circuit-open',
      verdict: 'fatal',
      hint: lastFailure?.hint ?? 'Check that the server runs, and run again once it does.',
      method: request.method,
      url,
      attempts,
      cause: lastFailure,
    });
  }

  #urlOf(request: Named): string {
    return this.#redact(this.#origin + this.#prefix + request.path);
  }
}
