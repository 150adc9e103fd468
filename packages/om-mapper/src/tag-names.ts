import type { Label } from '@flowmeta/connector';
import { createEscapes } from './escape.js';

// Shorter than those of other names: addresses, full of characters to escape, are common values of labels.
const escapes = createEscapes({ open: "'", close: "'", digits: 2 });

/** What OpenMetadata 1.2 and 1.3 allow in the name of a tag (OM fact 14), less what is invisible. */
const tagCharacter = /^[\p{L}\p{M}\p{Nd}_'\- .&()]$/u;
const longestTagName = 64;
const separator = ' - ';

/**
 * The name of the tag for a label: `team - data` for `team=data`.
 *
 * One form for all versions of OpenMetadata, the strictest of them decides, so that an upgrade renames no tag.
 * A character that may not stand in a tag is written as its code in hexadecimal digits between apostrophes: `a'2F'b` for
 * `a/b`. Names are 4 to 64 UTF-16 units long; longer ones are cut and end in `'cut`, a digest of 64 bits, and `'`. No name
 * stands for two labels.
 */
export function tagName(label: Label): string {
  const key = escapes.escape(
    label.key,
    (codePoint, rest) => tagCharacter.test(codePoint) && !separates(codePoint, rest),
  );
  const value = escapes.escape(label.value, (codePoint) => tagCharacter.test(codePoint));
  return escapes.cut(key + separator + value, longestTagName);
}

/** A space in the key that would be the separator, now or together with the separator that follows the key. */
function separates(codePoint: string, rest: string): boolean {
  return codePoint === ' ' && (rest === '-' || rest.startsWith('- '));
}

/** The label behind what `tagName` returned; `undefined` where that was cut or is none of its names. */
export function labelOf(name: string): Label | undefined {
  const index = name.indexOf(separator);
  if (index < 0) return undefined;
  const key = escapes.unescape(name.slice(0, index));
  const value = escapes.unescape(name.slice(index + separator.length));
  return key === undefined || value === undefined ? undefined : { key, value };
}
