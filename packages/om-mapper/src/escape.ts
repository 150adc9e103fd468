/** How an alphabet of escapes looks. Whatever is between `open` and `close` must not hold either. */
export interface EscapeStyle {
  open: string;
  close: string;
  /** Fewest hexadecimal digits of a code point. */
  digits: 2 | 4;
}

/** Whether a code point may stand where what follows it (already escaped, a dozen characters at least) begins with `rest`. */
export type IsLegal = (codePoint: string, rest: string) => boolean;

interface Token {
  /** As it stands in the escaped text. */
  raw: string;
  /** What it stands for; absent for the mark of a cut. */
  text?: string;
}

/**
 * Reversible escapes for names. A code point that may not stand in a name becomes its number in upper-case hexadecimal
 * digits between `open` and `close`, an empty text becomes `empty` between them, and a text that is too long ends with
 * `cut` and a digest between them. What reads like one of these by itself is escaped too, so that no two texts have the
 * same escaped form.
 */
export function createEscapes({ open, close, digits }: EscapeStyle): {
  /** The escaped text; the text itself where everything in it is legal and nothing reads like an escape. */
  escape: (text: string, isLegal: IsLegal) => string;
  /** The text behind an escaped one; `undefined` where it was cut. */
  unescape: (escaped: string) => string | undefined;
  /**
   * An escaped text of at most `maxLength` UTF-16 units. A longer one loses its end, never half an escape or half a
   * character, and gets a digest of the whole text, so that two long texts with one beginning stay apart.
   */
  cut: (escaped: string, maxLength: number) => string;
} {
  const content = `(?:[0-9A-F]{${digits},5}|10[0-9A-F]{4}|empty|cut[0-9a-f]{16})`;
  const escapeAtStart = new RegExp(`^${open}${content}${close}`);
  const escapeTail = new RegExp(`^${open.slice(1)}${content}${close}`);
  const openEscapeAtEnd = new RegExp(`${open}${content}$`);
  const longestEscape = open.length + 'cut0123456789abcdef'.length + close.length;
  const wrap = (text: string): string => open + text + close;

  function escapeCodePoint(codePoint: string): string {
    return wrap(codePoint.codePointAt(0)!.toString(16).toUpperCase().padStart(digits, '0'));
  }

  function textOf(raw: string): string | undefined {
    const inside = raw.slice(open.length, -close.length);
    if (inside === 'empty') return '';
    return inside.startsWith('cut') ? undefined : String.fromCodePoint(Number.parseInt(inside, 16));
  }

  function tokensOf(escaped: string): Token[] {
    const tokens: Token[] = [];
    let position = 0;
    while (position < escaped.length) {
      const raw = escapeAtStart.exec(escaped.slice(position, position + longestEscape))?.[0];
      const text = raw === undefined ? String.fromCodePoint(escaped.codePointAt(position)!) : textOf(raw);
      const token = { raw: raw ?? text!, ...(text === undefined ? {} : { text }) };
      tokens.push(token);
      position += token.raw.length;
    }
    return tokens;
  }

  return {
    escape(text, isLegal) {
      if (text === '') return wrap('empty');
      const pieces: string[] = [];
      let ahead = '';
      // From the end, since whether something reads like an escape depends on what follows it.
      for (const codePoint of Array.from(text).reverse()) {
        const readsLikeEscape = codePoint === open[0] && escapeTail.test(ahead);
        const isKept = !readsLikeEscape && isLegal(codePoint, ahead);
        const piece = isKept ? codePoint : escapeCodePoint(codePoint);
        pieces.push(piece);
        ahead = (piece + ahead).slice(0, longestEscape);
      }
      return pieces.reverse().join('');
    },

    unescape(escaped) {
      let text = '';
      for (const token of tokensOf(escaped)) {
        if (token.text === undefined) return undefined;
        text += token.text;
      }
      return text;
    },

    cut(escaped, maxLength) {
      if (escaped.length <= maxLength) return escaped;
      const mark = wrap(`cut${digestOf(escaped)}`);
      let kept = '';
      for (const { raw } of tokensOf(escaped)) {
        if (kept.length + raw.length > maxLength - mark.length) break;
        kept += raw;
      }
      // Together with the start of the mark, such an end would read as an escape.
      while (openEscapeAtEnd.test(kept)) kept = kept.slice(0, -1);
      return kept + mark;
    },
  };
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
