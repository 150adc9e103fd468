import pc from 'picocolors';
import type { Host, TextStream } from '../host.js';

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours for a stream: `NO_COLOR` takes them away, `FORCE_COLOR` brings them, otherwise only a terminal has them. */
export function colorsFor(stream: TextStream, { environment }: Host): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR) return pc.createColors(false);
  if (FORCE_COLOR) return pc.createColors(FORCE_COLOR !== '0' && FORCE_COLOR !== 'false');
  return pc.createColors(stream.isTTY === true && TERM !== 'dumb');
}
