/**
 * Reversible escapes for names. A UTF-16 unit that may not stand in a name becomes `_x` + four upper-case hexadecimal
 * digits + `_`, an empty text becomes `_xempty_`, and a text that is too long ends with `_xcut` + a digest + `_`.
 * A `_` that would read as the start of one of these is escaped itself, so no two texts have the same escaped form.
 */
const escapeAtStart = /^_x(?:[0-9A-F]{4}|empty|cut[0-9a-f]{16})_/;
const escapeTail = /^x(?:[0-9A-F]{4}|empty|cut[0-9a-f]{16})_/;
const openEscapeAtEnd = /_x(?:[0-9A-F]{4}|empty|cut[0-9a-f]{16})$/;
const emptyEscape = '_xempty_';
const longestEscape = '_xcut0123456789abcdef_'.length;

const escapeUnit = (unit: string): string => `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;

const escapeCodePoint = (codePoint: string): string => codePoint.split('').map(escapeUnit).join('');

/** Whether a code point may stand where what follows it (already escaped) is `rest`. */
export type IsLegal = (codePoint: string, rest: string) => boolean;

/** The escaped text; the text itself where everything in it is legal. */
export function escapeText(text: string, isLegal: IsLegal): string {
  if (text === '') return emptyEscape;
  let escaped = '';
  // From the end, since whether a `_` starts an escape depends on what follows it.
  for (const codePoint of Array.from(text).reverse()) {
    const looksLikeEscape = codePoint === '_' && escapeTail.test(escaped.slice(0, longestEscape));
    const legal = !looksLikeEscape && isLegal(codePoint, escaped);
    escaped = (legal ? codePoint : escapeCodePoint(codePoint)) + escaped;
  }
  return escaped;
}

interface Token {
  /** As it stands in the escaped text. */
  raw: string;
  /** What it stands for; absent for the mark of a cut. */
  text?: string;
}

function tokensOf(escaped: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < escaped.length) {
    const raw = escapeAtStart.exec(escaped.slice(position, position + longestEscape))?.[0];
    if (raw === undefined) {
      const codePoint = String.fromCodePoint(escaped.codePointAt(position)!);
      tokens.push({ raw: codePoint, text: codePoint });
      position += codePoint.length;
      continue;
    }
    if (raw === emptyEscape) tokens.push({ raw, text: '' });
    else if (raw.startsWith('_xcut')) tokens.push({ raw });
    else tokens.push({ raw, text: String.fromCharCode(Number.parseInt(raw.slice(2, 6), 16)) });
    position += raw.length;
  }
  return tokens;
}

/** The text behind an escaped one; `undefined` where it was cut. */
export function unescapeText(escaped: string): string | undefined {
  let text = '';
  for (const token of tokensOf(escaped)) {
    if (token.text === undefined) return undefined;
    text += token.text;
  }
  return text;
}

/** FNV-1a of 64 bits over the UTF-16 units, 16 hexadecimal digits: no secret depends on it, it only tells texts apart. */
function digestOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    for (const byte of [unit & 0xff, unit >> 8]) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, '0');
}

/**
 * An escaped text of at most `maxLength` UTF-16 units. A longer one loses its end, never half an escape or half a
 * character, and gets a digest of the whole text, so that two long texts with one beginning stay apart.
 */
export function cutEscaped(escaped: string, maxLength: number): string {
  if (escaped.length <= maxLength) return escaped;
  const mark = `_xcut${digestOf(escaped)}_`;
  let kept = '';
  for (const { raw } of tokensOf(escaped)) {
    if (kept.length + raw.length > maxLength - mark.length) break;
    kept += raw;
  }
  // Together with the first `_` of the mark, such an end would read as an escape.
  while (openEscapeAtEnd.test(kept)) kept = kept.slice(0, -1);
  return kept + mark;
}
