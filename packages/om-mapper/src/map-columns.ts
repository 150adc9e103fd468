import type { ColumnMapping } from '@flowmeta/connector';
import type { ColumnLineage } from './types.js';

/** A column of a table in the catalog. */
export interface TableColumn {
  /** Fields of a struct stand behind their column: `address.city`. */
  path: string;
  fqn: string;
}

/** A `find` by name: as it is written, else the only one that differs in capital letters. */
function columnsByName(columns: readonly TableColumn[]): (name: string) => TableColumn | undefined {
  const exact = new Map(columns.map((column) => [column.path, column]));
  const folded = new Map<string, TableColumn | undefined>();
  for (const column of columns) {
    const key = column.path.toLowerCase();
    folded.set(key, folded.has(key) ? undefined : column);
  }
  return (name) => exact.get(name) ?? folded.get(name.toLowerCase());
}

/**
 * Column mappings by the names of the catalog: `*` becomes the columns that both tables have, but for `except`. What either
 * table lacks is left out, since OpenMetadata refuses the whole edge for it. In a fixed order.
 */
export function completeColumns(
  mappings: readonly ColumnMapping[],
  tables: { from: readonly TableColumn[]; to: readonly TableColumn[] },
): ColumnLineage[] {
  const source = columnsByName(tables.from);
  const target = columnsByName(tables.to);
  const byTarget = new Map<string, { from: Set<string>; expression?: string }>();
  const add = (to: TableColumn, from: readonly TableColumn[], expression?: string): void => {
    if (from.length === 0) return;
    const entry = byTarget.get(to.fqn) ?? { from: new Set<string>() };
    byTarget.set(to.fqn, entry);
    for (const column of from) entry.from.add(column.fqn);
    if (expression !== undefined) entry.expression ??= expression;
  };

  for (const { from, to, except, expression } of mappings) {
    if (to === '*') {
      if (!from.includes('*')) continue;
      const left = new Set((except ?? []).map((name) => name.toLowerCase()));
      for (const column of tables.to) {
        if (column.path.includes('.') || left.has(column.path.toLowerCase())) continue;
        const namesake = source(column.path);
        if (namesake !== undefined) add(column, [namesake]);
      }
      continue;
    }
    const column = target(to);
    if (column === undefined) continue;
    const found = from.map((name) => (name === '*' ? undefined : source(name)));
    add(
      column,
      found.filter((entry) => entry !== undefined),
      expression,
    );
  }
  return [...byTarget]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([toColumn, { from, expression }]) => ({
      fromColumns: [...from].sort(),
      toColumn,
      ...(expression === undefined ? {} : { function: expression }),
    }));
}
