/**
 * The same promise, but it rejects with the signal's reason as soon as that is aborted; the work behind it goes on. For a
 * connector's `read`, which has to end within a second of an abort.
 */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    // A listener per wait, taken away after it: a promise that lives as long as the signal would collect one reaction
    // for each of them, and so never let go of memory.
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(
      (value) => {
        signal.removeEventListener('abort', onAbort);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', onAbort);
        reject(error);
      },
    );
  });
}
