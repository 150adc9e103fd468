import { isHttpError } from '@flowmeta/http';

const verdictMark = Symbol.for('flowmeta.verdict');
const kestraErrorMark = Symbol.for('flowmeta.kestra-error');

/** What went wrong, so that a caller can say what to do. */
export type KestraErrorKind =
  /** The address is no http(s) url. */
  | 'url'
  /** Something answers, but it is not Kestra's API: a page, other JSON. */
  | 'not-kestra'
  /** The server answers, but the API is not below this path. */
  | 'context-path'
  /** Redirects: to https, or to a sign-in page. */
  | 'redirect'
  /** The credentials are refused or missing. */
  | 'sign-in'
  /** The server was never set up: it refuses everybody. */
  | 'setup'
  /** Signed in, but without the right to do this. */
  | 'permission'
  /** No such tenant. */
  | 'tenant'
  /** The server refuses a search, so that nothing can be listed. */
  | 'refused'
  /** The server ignored a filter: what came back is not what was asked for. */
  | 'filter-ignored'
  /** A listing kept changing while it was read: some items were not seen. */
  | 'incomplete'
  /** An answer or an item that can't be understood. */
  | 'unreadable';

export interface KestraErrorOptions {
  kind: KestraErrorKind;
  verdict: 'fatal' | 'retry' | 'skip';
  /** What the user can do about it, one sentence. */
  hint?: string;
  cause?: unknown;
}

/** A failure that Kestra's API explains. Recognise it with `isKestraError`; carries a verdict like every error of Flowmeta. */
export class KestraError extends Error {
  readonly kind: KestraErrorKind;
  readonly verdict: 'fatal' | 'retry' | 'skip';
  readonly hint: string | undefined;

  constructor(message: string, options: KestraErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KestraError';
    this.kind = options.kind;
    this.verdict = options.verdict;
    this.hint = options.hint;
    Object.defineProperty(this, verdictMark, { value: options.verdict });
    Object.defineProperty(this, kestraErrorMark, { value: true });
  }
}

/** Whether it is a `KestraError`, by a mark and not by its class. */
export function isKestraError(error: unknown): error is KestraError {
  return (
    typeof error === 'object' && error !== null && (error as { [kestraErrorMark]?: true })[kestraErrorMark] === true
  );
}

/** An answer or an item that can't be understood; by default only this one is lost. */
export function unreadable(message: string, verdict: 'fatal' | 'skip' = 'skip'): KestraError {
  return new KestraError(message, { kind: 'unreadable', verdict });
}

/** Says in Kestra's terms what an HTTP error means; what has no special meaning comes back as it is. */
export function explain(error: unknown, context: { tenant: string; setUp: boolean }): unknown {
  if (!isHttpError(error)) return error;
  const wrap = (kind: KestraErrorKind, message: string, hint: string, verdict: 'fatal' | 'skip' = 'fatal') =>
    new KestraError(message, { kind, verdict, hint, cause: error });
  if (error.kind === 'https-redirect' || error.kind === 'redirect') {
    return wrap('redirect', error.message, error.hint ?? 'Use the address of the API itself.');
  }
  if (error.kind === 'not-json' && error.verdict === 'fatal') {
    const hint = 'The address may be that of another service, or a sign-in page or proxy answers in Kestra’s place.';
    return wrap('not-kestra', `${error.url} answers with a web page instead of Kestra's API`, hint);
  }
  if (error.kind !== 'status') return error;
  if (error.status === 401 && !context.setUp) {
    const hint = 'Open the UI once and create the first user, then give its name and password here.';
    return wrap('setup', 'Kestra has not been set up yet: it refuses every sign-in', hint);
  }
  if (error.status === 401) {
    const hint = 'Check user name and password, or the API token (tokens work on Enterprise only).';
    return wrap('sign-in', 'Kestra refuses the credentials, or needs some', hint);
  }
  if (error.status === 403) {
    const hint = 'Give the account the right to read flows and executions.';
    return wrap('permission', `Kestra denies ${error.method} ${error.url}`, hint);
  }
  if (error.status === 400 && /tenant/i.test(error.body ?? '')) {
    const hint = 'Open-source servers have the tenant "main" only; on Enterprise take it from the UI’s address.';
    return wrap('tenant', `Kestra has no tenant "${context.tenant}"`, hint);
  }
  if (error.status === 423) {
    const hint = 'Open the flow in the UI and save it again; its definition can’t be read by this Kestra version.';
    return wrap('unreadable', `Kestra can't read a flow of its own: ${error.message}`, hint, 'skip');
  }
  return error;
}

/**
 * An error that would leave out one item leaves out all when it concerns a page (one flow that the server can't read makes
 * it refuse the whole page): nothing may go on as if the listing were empty.
 */
export function wholeListing(error: unknown, what: string): unknown {
  if (!(isKestraError(error) || isHttpError(error)) || error.verdict !== 'skip') return error;
  return new KestraError(`the listing of ${what} failed: ${error.message}`, {
    kind: isKestraError(error) ? error.kind : 'refused',
    verdict: 'fatal',
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });
}
