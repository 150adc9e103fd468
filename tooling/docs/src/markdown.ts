/** A note at the top of what is generated. */
export const generated = '<!-- Generated: `npx -y pnpm@10.34.9 docs:generate` writes it again. -->';

/** A Markdown table. Cells are Markdown themselves; bars and line breaks in them are taken care of. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');

/** Text of a schema as Markdown: what isn't code has nothing that a page could take for HTML. */
export function prose(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll('<', '&lt;').replaceAll('{{', '&#123;&#123;')))
    .join('');
}
