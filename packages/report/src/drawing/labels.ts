import { type DrawnTask, shortType } from '../task-graph.js';

/** Widths of the two lines of a box in CSS pixels per character, on the safe side for common interface fonts. */
const labelCharacter = 8.1;
const typeCharacter = 6.6;
const padding = 24;
const narrowest = 92;
const widest = 236;

/** The two lines of a task's box, each shortened to what the widest box holds; `type` may be empty. */
export function linesOf(task: DrawnTask): { label: string; type: string } {
  return {
    label: shorten(task.name, Math.floor((widest - padding) / labelCharacter)),
    type: shorten(shortType(task.type ?? ''), Math.floor((widest - padding) / typeCharacter)),
  };
}

/** How large a task's box is, in CSS pixels. */
export function sizeOfBox(task: DrawnTask): { width: number; height: number } {
  const { label, type } = linesOf(task);
  const text = Math.max(columnsOf(label) * labelCharacter, columnsOf(type) * typeCharacter);
  return { width: Math.ceil(Math.min(widest, Math.max(narrowest, text + padding))), height: 42 };
}

/** From the end, by whole characters; a wide character takes two columns. */
function shorten(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  for (const character of text) {
    if (columnsOf(kept + character) > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text)
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]|\p{Emoji_Presentation}/u.test(
      character,
    )
      ? 2
      : 1;
  return columns;
}
