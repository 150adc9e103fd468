/** Runs writes side by side, a bounded number at a time. */
export interface WritePool {
  /**
   * Waits for a free slot, then starts the write and resolves without waiting for its end: the wait is the
   * back-pressure on whoever produces writes. Rejects once a write has failed or the signal is aborted.
   */
  start(write: () => Promise<void>): Promise<void>;
  /** Waits for all writes under way; rejects when one of them has failed. */
  drain(): Promise<void>;
  /** Waits for all writes under way, however they end. */
  settle(): Promise<void>;
}

/** A write that rejects ends the pool: no further one starts, and every later call rejects with that first error. */
export function createWritePool(limit: number, signal?: AbortSignal): WritePool {
  const underWay = new Set<Promise<void>>();
  let waiting: { wake: () => void }[] = [];
  let failure: { error: unknown } | undefined;

  const wakeAll = () => {
    const woken = waiting;
    waiting = [];
    for (const waiter of woken) waiter.wake();
  };
  signal?.addEventListener('abort', wakeAll, { once: true });

  const refuseIfEnded = () => {
    if (failure) throw failure.error;
    signal?.throwIfAborted();
  };
  return {
    async start(write) {
      refuseIfEnded();
      while (underWay.size >= limit) {
        await new Promise<void>((resolve) => waiting.push({ wake: resolve }));
        refuseIfEnded();
      }
      const running: Promise<void> = write()
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          underWay.delete(running);
          if (failure) wakeAll();
          else waiting.shift()?.wake();
        });
      underWay.add(running);
    },
    async drain() {
      await Promise.all(underWay);
      refuseIfEnded();
    },
    async settle() {
      await Promise.all(underWay);
      signal?.removeEventListener('abort', wakeAll);
    },
  };
}
