import type { WrittenName } from '../dialects.js';
import type { Work } from '../work.js';

/** A table and its alias as an item of FROM. */
export function fromItem(work: Work, name: readonly WrittenName[], alias: WrittenName | undefined): string {
  if (!alias) return plainName(work, name);
  // Oracle allows no AS before a table's alias; elsewhere some aliases need it.
  const as = work.findings.rules.parser === 'oracle' ? ' ' : ' AS ';
  return `${plainName(work, name)}${as}${plainName(work, [alias])}`;
}

/** A name as the parser reads it, in the dialect's quotes where it was quoted. */
export const plainName = (work: Work, name: readonly WrittenName[]): string =>
  name
    .map(({ text, quoted }) => {
      if (!quoted) return text;
      const [open = '"'] = Object.keys(work.findings.rules.nameQuotes);
      return `${open}${text}${work.findings.rules.nameQuotes[open] ?? open}`;
    })
    .join('.');
