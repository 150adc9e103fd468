import type { SqlStatement, TableRef } from '../src/index.js';
import type { ExpectedStatement } from './expectation.js';

const word = (text: string): string => (/^(?:[\w$#@]+|\*)$/.test(text) ? text : `"${text}"`);

function table({ database, schema, name, file }: TableRef): string {
  if (file !== undefined) return `<${file}>`;
  return [database, schema, name]
    .filter((part) => part !== undefined)
    .map(word)
    .join('.');
}

/** A statement as the expectations write it. */
export function described({ kind, reads, writes, columns, confidence, reason = '' }: SqlStatement): ExpectedStatement {
  const lines = columns.map(({ from, to, assumed, except = [] }) => {
    const sources = from.map((source) => `${table(source.table)}.${word(source.column)}`).toSorted();
    const excepted = except.length > 0 ? ` except ${except.join(', ')}` : '';
    return `${sources.join(' + ')}${excepted} ${assumed ? '~>' : '->'} ${table(to.table)}.${word(to.column)}`;
  });
  return {
    kind,
    reads: reads.map(table).toSorted(),
    writes: writes.map(table).toSorted(),
    columns: lines.toSorted(),
    confidence,
    reason,
  };
}
