/**
 * What the caller of a failed operation should do: stop the run (`fatal`), try again (`retry`), or leave this item out,
 * go on and report it (`skip`).
 */
export type Verdict = 'fatal' | 'retry' | 'skip';

const verdictMark = Symbol.for('flowmeta.verdict');

export interface VerdictErrorOptions {
  verdict: Verdict;
  /** What the user can do about it, one sentence. */
  hint?: string;
  cause?: unknown;
}

/**
 * An error that carries a verdict. It is recognised by a symbol, not by `instanceof`, so that two copies of this package
 * in one program understand each other.
 */
export class VerdictError extends Error {
  readonly verdict: Verdict;
  readonly hint: string | undefined;

  constructor(message: string, options: VerdictErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'VerdictError';
    this.verdict = options.verdict;
    this.hint = options.hint;
    Object.defineProperty(this, verdictMark, { value: options.verdict });
  }
}

/** The verdict that an error carries; `undefined` for an error that knows none. */
export function verdictOf(error: unknown): Verdict | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  return (error as { [verdictMark]?: Verdict })[verdictMark];
}

/** The hint that an error carries for the user, if any. */
export function hintOf(error: unknown): string | undefined {
  if (verdictOf(error) === undefined) return undefined;
  return (error as { hint?: string }).hint;
}
