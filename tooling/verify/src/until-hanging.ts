/** After so many ms a run hangs. One takes a second or two, and on a machine that has much else to do half a minute. */
const patience = 180_000;

/** What the work results in; `undefined` when it hangs, and then its signal is aborted. */
export async function untilHanging<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const end = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      end.abort(new Error('the run hangs'));
      resolve(undefined);
    }, patience);
  });
  try {
    return await Promise.race([work(end.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
