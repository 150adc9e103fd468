/** Somebody else's text, so that it can't move the cursor, hide what stands before it or begin a line of its own. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');

/** The same, with the line breaks of a server as blanks. */
export const plainLine = (text: string): string => plain(text.replace(/\s+/g, ' ').trim());

/** The same for a text of several lines; all but the first are indented, so that none passes for one of ours. */
export const plainLines = (text: string): string =>
  text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => plain(line.replaceAll('\t', ' ')))
    .join('\n  ');

/** JSON with escapes for what a terminal would obey and JSON lets stand: it reads as the same. */
export const plainJson = (json: string): string =>
  json.replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
