import type { Cancellation } from './cancellation.js';

/** Lets so many through at a time; the others wait in the order in which they came. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves when a slot is taken; rejects with the cancellation's reason. */
  take(cancellation: Cancellation): Promise<void> | undefined {
    if (this.#free > 0) {
      this.#free -= 1;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      this.#waiting.add(resolve);
      cancellation.listen((reason) => {
        if (this.#waiting.delete(resolve)) reject(reason);
      });
    });
  }

  release(): void {
    // A Set keeps the order of insertion, and removes a cancelled one from the middle at no cost.
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      next();
      return;
    }
    this.#free += 1;
  }
}
