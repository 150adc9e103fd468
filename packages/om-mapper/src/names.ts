import { createEscapes } from './escape.js';
import type { Capabilities, NameNote } from './types.js';

const escapes = createEscapes({ open: '_x', close: '_', digits: 4 });

// Line breaks beyond the control characters are here because the servers' `.` matches none of them. A lone surrogate
// has no UTF-8 form: two names that differ only there would arrive as one.
const neverLegal = /^[\p{Cc}\u2028\u2029"\p{Cs}]$/u;

/**
 * The name of a pipeline or task as this version of OpenMetadata takes it.
 *
 * A name that is legal already stays as it is. In others, each character that the version refuses is written as `_x`,
 * its code in four hexadecimal digits, and `_`; an empty name becomes `_xempty_`. Names that are too long are cut and
 * end in `_xcut`, a digest of 64 bits, and `_`. A name that holds such an escape by itself is escaped too, so that no
 * legal name stands for two originals.
 *
 * Lengths are UTF-16 units (OM fact 9). The same function serves pipelines, tasks and the task names in a status.
 */
export function legalName(name: string, options: { capabilities: Capabilities }): { legal: string; note?: NameNote } {
  const { maxNameLength, strictNames, version } = options.capabilities;
  const escaped = escapes.escape(name, (codePoint, rest) => {
    if (neverLegal.test(codePoint)) return false;
    if (codePoint === ':') return !rest.startsWith(':');
    return codePoint !== '>' || !strictNames;
  });
  const legal = escapes.cut(escaped, maxNameLength);
  if (legal === name) return { legal };
  const reasons: string[] = [];
  if (escaped !== name) reasons.push(`it needs escapes to be a name in OpenMetadata ${version}`);
  if (legal !== escaped)
    reasons.push(`it is longer than the ${maxNameLength} characters that OpenMetadata ${version} takes`);
  return { legal, note: { original: name, legal, reason: reasons.join('; ') } };
}

/** The name behind what `legalName` returned; `undefined` where that was cut. */
export function originalName(legal: string): string | undefined {
  return escapes.unescape(legal);
}
