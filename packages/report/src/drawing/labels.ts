import { columnsOf, shortenEnd } from '../columns.js';
import { type DrawnTask, shortType } from '../task-graph.js';

/** Widths of the two lines of a box in CSS pixels per character, on the safe side for common interface fonts. */
const labelCharacter = 8.1;
const typeCharacter = 6.2;
const padding = 24;
const narrowest = 92;
const widest = 236;

/** The two lines of a task's box, each shortened to what the widest box holds; `type` may be empty. */
export function linesOf(task: DrawnTask): { label: string; type: string } {
  return fitLines(task.name, shortType(task.type ?? ''));
}

/** How large a task's box is, in CSS pixels. */
export function sizeOfBox(task: DrawnTask): { width: number; height: number } {
  return { width: widthOfLines(linesOf(task)), height: 42 };
}

/** Two lines of a box, each shortened to what the widest box holds beside `taken` CSS pixels, e.g. of a sign. */
export function fitLines(label: string, type: string, taken = 0): { label: string; type: string } {
  const room = widest - padding - taken;
  return {
    label: shortenEnd(label, Math.floor(room / labelCharacter)),
    type: shortenEnd(type, Math.floor(room / typeCharacter)),
  };
}

/** How wide a box with these lines is, with `taken` CSS pixels for something else. */
export function widthOfLines({ label, type }: { label: string; type: string }, taken = 0): number {
  const text = Math.max(columnsOf(label) * labelCharacter, columnsOf(type) * typeCharacter);
  return Math.ceil(Math.min(widest, Math.max(narrowest, text + padding + taken)));
}
