/** Longest wait after failures, ms, unless the interval itself is longer. */
const longestBackoff = 300_000;

/**
 * How long to wait for the next cycle, ms. After failures in a row up to twice as long each time, by chance, so that not all who
 * watch a server that comes back ask it at the same moment; never shorter than the interval.
 */
export function waitAfter(failures: number, { interval, random }: { interval: number; random: () => number }): number {
  const longest = Math.min(interval * 2 ** failures, Math.max(interval, longestBackoff));
  return Math.max(interval, longest * (0.5 + random() / 2));
}

/** A wait that can be ended early. */
export function createWait() {
  let wakeUp: (() => void) | undefined;
  return {
    /** Resolves after so many ms, or when it is ended. */
    start(ms: number): Promise<void> {
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    end(): void {
      wakeUp?.();
    },
  };
}
