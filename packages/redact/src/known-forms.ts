const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
const inLowerCase = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** As JavaScript, RFC 3986, forms and paths have it. */
function inUrls(secret: string): string[] {
  // A lone surrogate has no url form.
  if (/\p{Surrogate}/u.test(secret)) return [];
  const lenient = encodeURIComponent(secret);
  const strict = lenient.replace(/[!'()*]/g, percent);
  const form = strict.replaceAll('%20', '+').replaceAll('%2A', '*').replaceAll('~', '%7E');
  return [lenient, strict, form].flatMap((text) => [text, text.replaceAll('%2F', '/')]);
}

/** Plain, in a text that is JSON itself, in ASCII alone, and with what HTML could take for markup escaped. */
function inJson(secret: string): string[] {
  const text = JSON.stringify(secret).slice(1, -1);
  const nested = JSON.stringify(text).slice(1, -1);
  return [
    text,
    nested,
    text.replace(/[\u0080-\uffff]/g, unicodeEscape),
    text.replace(/[<>&='\u2028\u2029]/g, unicodeEscape),
  ];
}

/** Shorter pieces of Base64 could stand in an ordinary word. */
const shortestPiece = 8;

/** What shows of it in the Base64 of any text that holds it, e.g. of `user:password`. */
function inBase64(secret: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = [...new Uint8Array(before), ...new TextEncoder().encode(secret)];
    const text = btoa(bytes.map((byte) => String.fromCharCode(byte)).join(''));
    const piece = text.slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
    return piece.length < shortestPiece ? [] : [piece, piece.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** The secret as it may stand in a url, in JSON, in HTML and in Base64; most of them are the same for letters and digits. */
export function formsOf(secret: string): string[] {
  const urls = inUrls(secret);
  return [
    secret,
    ...urls,
    ...urls.map(inLowerCase),
    ...inJson(secret),
    secret.replace(/[&<>"']/g, (mark) => entities[mark]!),
    ...inBase64(secret),
  ];
}
