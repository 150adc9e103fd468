import type { Cancellation } from './cancellation.js';

/** What a timer can hold; a longer one would fire at once. */
export const longestTimer = 2 ** 31 - 1;

/** Waits so many ms, never less; rejects with the cancellation's reason. */
export function pause(ms: number, cancellation: Cancellation): Promise<void> {
  return new Promise((resolve, reject) => {
    // Timers drop fractions and would be early.
    const timer = setTimeout(
      () => {
        cancellation.listen(undefined);
        resolve();
      },
      Math.min(Math.ceil(ms), longestTimer),
    );
    cancellation.listen((reason) => {
      clearTimeout(timer);
      reject(reason);
    });
  });
}
