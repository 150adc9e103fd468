import type { Cursor } from '../cursor.js';
import { columnName } from '../dialects.js';
import { queryText } from '../query-text.js';
import { nothing, type Output } from '../relation.js';
import type { Target } from '../resolve-expression.js';
import type { TableRef } from '../types.js';
import { edge, relationOf, type Work, withExpression } from '../work.js';
import type { Assignment } from './assignments.js';

const isQueryText = (cursor: Cursor): boolean =>
  cursor.is('(') && ['SELECT', 'WITH'].includes(cursor.peek(1)?.key ?? '');

/**
 * Notes what assignments write. Each is turned into a SELECT from `from`, the text of a FROM clause with its WHERE, so that names in it
 * mean what they mean there.
 */
export function assign(
  work: Work,
  list: readonly Assignment[],
  {
    from,
    targets,
    tableFor,
  }: {
    from: string;
    targets: readonly Target[];
    tableFor: (assignment: Assignment) => TableRef | undefined;
  },
): void {
  const { findings } = work;
  const single = list.filter(({ columns }) => columns.length === 1);
  const values = single.map(({ expression }) => queryText(expression, findings));
  const { outputs } = relationOf(work, `SELECT ${values.join(', ') || '1'} FROM ${from}`, targets);
  const put = (assignment: Assignment, column: string | undefined, output: Output | undefined) => {
    const table = tableFor(assignment);
    if (!table || column === undefined || !output) return;
    const flow = output.type === 'star' ? nothing : output.flow;
    const text = output.type === 'column' ? output.expression : undefined;
    edge(work, { table, column }, { flow, ...(text === undefined ? {} : { expression: text }) });
  };
  single.forEach((assignment, place) => {
    const output = outputs.length === single.length ? outputs[place] : outputs.find(({ type }) => type === 'rest');
    const [column] = assignment.columns;
    put(
      assignment,
      column,
      output?.type === 'column' ? withExpression(output, assignment.expression, findings) : output,
    );
  });
  for (const assignment of list.filter(({ columns }) => columns.length > 1)) {
    const { expression } = assignment;
    const text = isQueryText(expression)
      ? `SELECT flowmeta_row.* FROM ${from.replace(/ WHERE [\s\S]*$/, '')}, ${queryText(expression, findings)} flowmeta_row`
      : `SELECT ${queryText(inside(expression), findings)} FROM ${from}`;
    const row = relationOf(
      work,
      text,
      targets.map(({ alias }) => ({ alias, table: undefined })),
    );
    for (const [place, column] of assignment.columns.entries()) put(assignment, column, row.outputs[place]);
  }
}

function inside(expression: Cursor): Cursor {
  const walk = expression.between(expression.at, expression.end);
  walk.take('ROW');
  return walk.group() ?? expression;
}

/** The key of a name's last part. */
export const lastKey = (work: Work, name: readonly { text: string; quoted: boolean }[]): string => {
  const last = name.at(-1);
  return last ? work.findings.key(columnName(last, { ...work.findings.rules, keepsColumns: false })) : '';
};
