/** What went wrong, in words of OpenMetadata. */
export type OpenMetadataErrorKind =
  /** 401: the token is missing, wrong or no longer the bot's current one. */
  | 'sign-in'
  /** 403: the bot may not do this. */
  | 'forbidden'
  /** 404. */
  | 'not-found'
  /** 409 after retries. */
  | 'conflict'
  /** Any other answer of 400 to 499: the request itself is refused. */
  | 'refused'
  /** 500 and above after retries. */
  | 'server'
  /** No whole answer: network, TLS, time. */
  | 'unreachable'
  /** Something answered that is not OpenMetadata's API. */
  | 'not-openmetadata'
  /** A read answered less, or other things, than was asked for. */
  | 'wrong-answer'
  /** The database behind OpenMetadata did not come back in time (OM fact 4). */
  | 'outage'
  /** A write that the plan doesn't have: it was not sent. */
  | 'not-planned'
  /** The service can't be filled: soft-deleted, or it belongs to another kind of source. */
  | 'service';

export interface OpenMetadataErrorOptions {
  kind: OpenMetadataErrorKind;
  verdict: 'fatal' | 'retry' | 'skip';
  hint?: string;
  status?: number;
  /** e.g. `PUT /pipelines`. */
  request?: string;
  cause?: unknown;
}

const verdictMark = Symbol.for('flowmeta.verdict');

/** An error with a verdict, recognised by other Flowmeta packages by the symbol `flowmeta.verdict`. */
export class OpenMetadataError extends Error {
  readonly kind: OpenMetadataErrorKind;
  /** `fatal`: end the run. `retry`: it may work later; retries are used up. `skip`: leave this item out. */
  readonly verdict: 'fatal' | 'retry' | 'skip';
  readonly hint: string | undefined;
  readonly status: number | undefined;
  readonly request: string | undefined;

  constructor(message: string, options: OpenMetadataErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OpenMetadataError';
    this.kind = options.kind;
    this.verdict = options.verdict;
    this.hint = options.hint;
    this.status = options.status;
    this.request = options.request;
    Object.defineProperty(this, verdictMark, { value: options.verdict });
  }
}

/** The verdict of an error of any Flowmeta package; `undefined` for an error without one. */
export function verdictOf(error: unknown): 'fatal' | 'retry' | 'skip' | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  return (error as { [verdictMark]?: 'fatal' | 'retry' | 'skip' })[verdictMark];
}

/** The hint of an error of any Flowmeta package. */
export function hintOf(error: unknown): string | undefined {
  return verdictOf(error) === undefined ? undefined : (error as { hint?: string }).hint;
}

/** The same error, but one that ends the run: for steps without which nothing can go on. */
export function asFatal(error: unknown): unknown {
  const verdict = verdictOf(error);
  if (verdict === undefined || verdict === 'fatal') return error;
  const { message, kind = 'refused', hint, status, request } = error as Error & Partial<OpenMetadataError>;
  return new OpenMetadataError(message, {
    kind,
    verdict: 'fatal',
    cause: error,
    ...(hint === undefined ? {} : { hint }),
    ...(status === undefined ? {} : { status }),
    ...(request === undefined ? {} : { request }),
  });
}
