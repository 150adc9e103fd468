/** One request's way of being stopped from outside, in whatever phase it is: queued, under way or waiting to try again. */
export class Cancellation {
  #cancelled = false;
  #reason: unknown;
  #listener: ((reason: unknown) => void) | undefined;

  get isCancelled(): boolean {
    return this.#cancelled;
  }

  cancel(reason: unknown): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#reason = reason;
    this.#listener?.(reason);
  }

  /** The listener of the current phase replaces that of the one before. Called at once when it is already cancelled. */
  listen(listener: ((reason: unknown) => void) | undefined): void {
    this.#listener = listener;
    if (this.#cancelled) listener?.(this.#reason);
  }

  throwIfCancelled(): void {
    if (this.#cancelled) throw this.#reason;
  }
}

/**
 * Ties requests to abort signals with one listener per signal: one signal often stands over hundreds of requests, and
 * Node warns of a leak at eleven listeners.
 */
export class SignalRegistry {
  readonly #bySignal = new WeakMap<AbortSignal, Set<Cancellation>>();

  /** Returns what unties it. */
  tie(signal: AbortSignal, cancellation: Cancellation): () => void {
    if (signal.aborted) {
      cancellation.cancel(signal.reason);
      return () => {};
    }
    let tied = this.#bySignal.get(signal);
    if (tied === undefined) {
      const created = new Set<Cancellation>();
      tied = created;
      this.#bySignal.set(signal, created);
      signal.addEventListener(
        'abort',
        () => {
          for (const each of [...created]) each.cancel(signal.reason);
        },
        { once: true },
      );
    }
    const set = tied;
    set.add(cancellation);
    return () => set.delete(cancellation);
  }
}
