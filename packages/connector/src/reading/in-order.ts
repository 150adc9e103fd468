import { orAborted } from '../or-aborted.js';

/**
 * Transforms items side by side, at most `concurrency` at a time, and yields the results in the order of the items.
 * Pulls no more items than it works on: a slow consumer slows the source down.
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  transform: (item: T) => Promise<R>,
  concurrency: number,
): AsyncGenerator<R> {
  const iterator = items[Symbol.asyncIterator]();
  const underWay: Promise<R>[] = [];
  let isDone = false;
  try {
    for (;;) {
      while (!isDone && underWay.length < concurrency) {
        const next = await iterator.next();
        if (next.done) {
          isDone = true;
          break;
        }
        const result = transform(next.value);
        // It is awaited in its turn, which may never come.
        result.catch(() => {});
        underWay.push(result);
      }
      const first = underWay.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    if (!isDone) await iterator.return?.();
  }
}

/**
 * What `work` yields until it ends or the signal is aborted, as `untilAborted`. The signal that `work` gets is also aborted when
 * whoever reads stops early, so that no request stays under way.
 */
export async function* untilLeft<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const end = new AbortController();
  const either = AbortSignal.any([signal, end.signal]);
  try {
    yield* untilAborted(work(either), either);
  } finally {
    end.abort(new Error('The read was left.'));
  }
}

/**
 * The same items until the signal is aborted: then it rejects with the signal's reason at once, whatever the source is
 * doing, also where the source itself failed of it.
 */
export async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  signal.throwIfAborted();
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await orAborted(iterator.next(), signal);
      signal.throwIfAborted();
      if (next.done) return;
      yield next.value;
      signal.throwIfAborted();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    // Not awaited: it waits for a step that may be under way.
    iterator.return?.()?.then(undefined, () => {});
  }
}
