import type { ColumnEdge, SqlStatement, TableRef } from './types.js';

/** Columns of one table whose values flow into one column of another; `*` to `*` is each into its namesake. */
export interface ColumnFlow extends Pick<ColumnEdge, 'expression' | 'except'> {
  /** Each once. */
  from: string[];
  to: string;
}

/** The same for every reference to a table or file as a statement writes it. */
export const tableRefKey = ({ database, schema, name, file }: TableRef): string =>
  JSON.stringify([database, schema, name, file]);

/** What a statement takes from columns of the one table to columns of the other, in its order. */
export function columnsBetween({ columns }: SqlStatement, from: TableRef, to: TableRef): ColumnFlow[] {
  const [source, target] = [tableRefKey(from), tableRefKey(to)];
  return columns.flatMap((edge) => {
    if (tableRefKey(edge.to.table) !== target) return [];
    const names = edge.from.filter(({ table }) => tableRefKey(table) === source).map(({ column }) => column);
    if (names.length === 0) return [];
    const { expression, except } = edge;
    return [
      {
        from: [...new Set(names)],
        to: edge.to.column,
        ...(expression !== undefined && { expression }),
        ...(except !== undefined && { except }),
      },
    ];
  });
}
