import { printable } from './printable.js';

/** A header, the line below it, and the rows. Cells are Markdown already. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)];
}

/** In one line, with everything that Markdown or HTML could take for markup made harmless. */
export function escapeText(text: string): string {
  return printable(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_[\]|~#@!]/g, (mark) => (mark === '@' ? '&#64;' : `\\${mark}`));
}
