import type { HttpErrorKind, HttpVerdict } from './types.js';

const verdictMark = Symbol.for('flowmeta.verdict');
const httpErrorMark = Symbol.for('flowmeta.http-error');

export interface HttpErrorDetails {
  kind: HttpErrorKind;
  verdict: HttpVerdict;
  /** What the user can do about it, one sentence. */
  hint?: string | undefined;
  method: string;
  /** Without user info, redacted. */
  url: string;
  status?: number | undefined;
  /** The start of the answer's body, redacted. */
  body?: string | undefined;
  /** What the server asked to wait, ms. */
  retryAfterMs?: number | undefined;
  /** Where a redirect points to, without its query. */
  location?: string | undefined;
  /** How often it was tried. */
  attempts?: number | undefined;
  cause?: unknown;
}

/**
 * A request that failed. Says what went wrong (`kind`) and what the caller should do (`verdict`); carries no header and no
 * secret. Recognise it with `isHttpError`, which also works across two copies of this package.
 */
export class HttpError extends Error {
  readonly kind: HttpErrorKind;
  readonly verdict: HttpVerdict;
  readonly hint: string | undefined;
  readonly method: string;
  /** Without user info, redacted. */
  readonly url: string;
  readonly status: number | undefined;
  /** The start of the answer's body, redacted. */
  readonly body: string | undefined;
  /** What the server asked to wait, ms. */
  readonly retryAfterMs: number | undefined;
  /** Where a redirect points to, without its query. */
  readonly location: string | undefined;
  /** How often it was tried. */
  readonly attempts: number;

  constructor(message: string, details: HttpErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'HttpError';
    this.kind = details.kind;
    this.verdict = details.verdict;
    this.hint = details.hint;
    this.method = details.method;
    this.url = details.url;
    this.status = details.status;
    this.body = details.body;
    this.retryAfterMs = details.retryAfterMs;
    this.location = details.location;
    this.attempts = details.attempts ?? 1;
    // Not enumerable: they are marks for machines and would clutter a printed error.
    Object.defineProperty(this, verdictMark, { value: details.verdict });
    Object.defineProperty(this, httpErrorMark, { value: true });
  }
}

/** Whether it is an error of this package, by a mark and not by its class. */
export function isHttpError(error: unknown): error is HttpError {
  return typeof error === 'object' && error !== null && (error as { [httpErrorMark]?: true })[httpErrorMark] === true;
}
