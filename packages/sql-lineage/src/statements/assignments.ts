import type { Findings } from '../context.js';
import type { Cursor } from '../cursor.js';
import { columnName, type WrittenName } from '../dialects.js';
import { nameList, takeName } from '../names.js';

/** `column = expression`, or `(a, b) = (SELECT …)`. */
export interface Assignment {
  /** What stands before the column's name: the table or alias that it belongs to. */
  qualifier?: WrittenName[];
  columns: string[];
  expression: Cursor;
}

/** What follows SET, up to the end of the cursor. */
export function assignments(cursor: Cursor, findings: Findings): Assignment[] {
  const { rules } = findings;
  return cursor.list().flatMap((piece): Assignment[] => {
    const group = piece.group();
    const several = group && nameList(group, rules);
    const name = several ? undefined : takeName(piece, rules);
    if (!piece.takeAny('=', ':=', '+ =', '- =') || (!several && !name)) return [];
    const expression = piece.rest();
    if (several) return [{ columns: several.map((part) => columnName(part, rules)), expression }];
    const column = name?.at(-1);
    const qualifier = name?.slice(0, -1) ?? [];
    if (!column) return [];
    return [{ ...(qualifier.length > 0 ? { qualifier } : {}), columns: [columnName(column, rules)], expression }];
  });
}
