/** How wide a text is on a terminal, roughly: a wide character takes two columns. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text)
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]|\p{Emoji_Presentation}/u.test(
      character,
    )
      ? 2
      : 1;
  return columns;
}

/** Cut at the end, by whole characters, with a sign for it. */
export function shortenEnd(text: string, columns: number): string {
  return columnsOf(text) <= columns ? text : `${upTo([...text], columns - 1).join('')}…`;
}

/** Cut at the start: the end of a long name is what tells it from others. */
export function shortenStart(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  return `…${upTo([...text].reverse(), columns - 1)
    .reverse()
    .join('')}`;
}

function upTo(characters: readonly string[], columns: number): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const character of characters) {
    used += columnsOf(character);
    if (used > columns) break;
    kept.push(character);
  }
  return kept;
}
