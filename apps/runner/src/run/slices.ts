import type { RunWindow } from '@flowmeta/connector';

/** The window cut at whole multiples of `size` since 1970 (ms), so that other windows have the same slices; the newest first. */
export function slicesOf({ since, until }: RunWindow, size: number): RunWindow[] {
  const slices: RunWindow[] = [];
  for (let end = until; end > since; ) {
    const start = Math.max(since, (Math.ceil(end / size) - 1) * size);
    slices.push({ since: start, until: end });
    end = start;
  }
  return slices;
}

/** Whether one of the stretches holds the whole window. */
export function covers(done: readonly RunWindow[], window: RunWindow): boolean {
  return done.some(({ since, until }) => since <= window.since && window.until <= until);
}

/** The stretches with the window; those that touch become one. */
export function withWindow(done: readonly RunWindow[], window: RunWindow): RunWindow[] {
  if (window.since >= window.until) return [...done];
  const apart = done.filter(({ since, until }) => until < window.since || window.until < since);
  const touching = done.filter((stretch) => !apart.includes(stretch));
  const joined = {
    since: Math.min(window.since, ...touching.map(({ since }) => since)),
    until: Math.max(window.until, ...touching.map(({ until }) => until)),
  };
  return [...apart, joined].sort((a, b) => a.since - b.since);
}

/** The stretches without the window. */
export function withoutWindow(done: readonly RunWindow[], window: RunWindow): RunWindow[] {
  return done.flatMap(({ since, until }) =>
    [
      { since, until: Math.min(until, window.since) },
      { since: Math.max(since, window.until), until },
    ].filter((part) => part.since < part.until),
  );
}
