import { orAborted } from '@flowmeta/connector';

/** What the source yields, until the signal is aborted, even if the source takes no notice of it. */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let ended = false;
  try {
    while (true) {
      const next = await orAborted(iterator.next(), signal);
      if (next.done) {
        ended = true;
        return;
      }
      yield next.value;
    }
  } finally {
    // Not awaited: a source that hangs in `next` would hang here too.
    if (!ended) iterator.return?.().catch(() => undefined);
  }
}
