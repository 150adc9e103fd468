import { hintOf, VerdictError, verdictOf } from '../errors.js';

/** So many failures in a row mean that the server is gone, not that so many items are odd. */
const longestStreak = 5;

/**
 * Decides whether a failure concerns one item or the whole read. Errors with the verdict `fatal` always end the read;
 * those that would pass (`retry`) do so, as a fatal one, when several items in a row met them after all their retries.
 */
export class FailureStreak {
  readonly #source: string;
  #length = 0;

  /** @param source What the server is called in the error, e.g. `Kestra`. */
  constructor(source: string) {
    this.#source = source;
  }

  /** Awaits one item's work; `onFailure` stands in for its result. Rejects when the read should end. */
  async guard<T>(work: Promise<T>, onFailure: (error: Error) => T): Promise<T> {
    try {
      const result = await work;
      this.#length = 0;
      return result;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const verdict = verdictOf(error);
      this.#length = verdict === 'retry' ? this.#length + 1 : 0;
      if (verdict === 'fatal') throw error;
      if (this.#length >= longestStreak) throw givenUp(this.#source, error);
      return onFailure(error);
    }
  }
}

function givenUp(source: string, error: Error): VerdictError {
  const hint = hintOf(error);
  const message = `${source} failed ${longestStreak} times in a row: ${error.message}`;
  return new VerdictError(message, { verdict: 'fatal', cause: error, ...(hint !== undefined && { hint }) });
}
