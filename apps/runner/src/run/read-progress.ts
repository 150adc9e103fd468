import type { Host } from '../host.js';
import { duration, statusLine } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';

/** ms between two updates of the status line. */
const interval = 250;

/** Shows how far a read is, from the start on. To be called after each event; `counts` is asked a few times a second. */
export function createReadProgress(
  { host, terminal, showProgress }: { host: Host; terminal: Terminal; showProgress: boolean },
  counts: () => string[],
): () => void {
  if (!showProgress) return () => undefined;
  const startedAt = host.now();
  const show = statusLine(terminal);
  let shownAt = Number.NEGATIVE_INFINITY;
  return () => {
    const elapsed = host.now() - startedAt;
    if (elapsed - shownAt < interval) return;
    shownAt = elapsed;
    show(`reading … ${[...counts(), duration(elapsed)].join(' · ')}`, elapsed);
  };
}
