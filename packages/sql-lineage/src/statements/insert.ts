import { Cursor } from '../cursor.js';
import type { WrittenName } from '../dialects.js';
import { nameList, takeAlias, takeName } from '../names.js';
import { plainText, queryText } from '../query-text.js';
import { nothing, type Output, ofFlow, type Relation } from '../relation.js';
import type { TableRef } from '../types.js';
import { columnNames, fill, query, relationOf, type Work, write } from '../work.js';
import { assign, lastKey } from './assign.js';
import { assignments } from './assignments.js';
import { fromItem } from './from-item.js';
import { outputInto } from './output-into.js';

const beginsQuery = ['SELECT', 'WITH', 'FROM', 'TABLE', '('];

/** INSERT and REPLACE, from a query, from values or into several tables. */
export function insert(work: Work, cursor: Cursor): void {
  work.kind = 'insert';
  cursor.next();
  const several = cursor.takeAny('OVERWRITE ALL', 'OVERWRITE FIRST', 'ALL', 'FIRST');
  if (several && (cursor.is('INTO') || cursor.is('WHEN'))) {
    insertAll(work, cursor);
    return;
  }
  while (cursor.takeAny('OVERWRITE', 'IGNORE', 'LOW_PRIORITY', 'HIGH_PRIORITY', 'DELAYED', 'LOCAL'));
  if (cursor.take('OR')) cursor.next();
  cursor.take('TOP');
  if (cursor.is('(')) cursor.group();
  if (cursor.take('DIRECTORY')) {
    intoDirectory(work, cursor);
    return;
  }
  cursor.take('INTO');
  if (cursor.take('FUNCTION')) {
    intoFunction(work, cursor);
    return;
  }
  cursor.take('TABLE');
  const name = takeName(cursor, work.findings.rules);
  const table = name && work.findings.table(name);
  if (!name) return;
  insertInto(work, cursor, { name, table });
}

interface Goal {
  name: WrittenName[];
  table: TableRef | undefined;
}

function insertInto(work: Work, cursor: Cursor, { name, table }: Goal): void {
  const { findings } = work;
  const { rules } = findings;
  let columns: string[] | undefined;
  let byName = false;
  let alias: WrittenName | undefined;
  for (;;) {
    if (cursor.is('(')) {
      if (['SELECT', 'WITH', '('].includes(cursor.peek(1)?.key ?? '')) break;
      const group = cursor.group();
      const names = group && nameList(group, rules);
      if (names && names.length > 0) columns = columnNames(names, findings);
    } else if (cursor.take('BY NAME')) byName = true;
    else if (cursor.take('BY POSITION') || cursor.takeAny('OVERRIDING SYSTEM VALUE', 'OVERRIDING USER VALUE')) continue;
    else if (cursor.take('PARTITION') || (cursor.is('WITH', '(') && rules.parser === 'tsql' && cursor.take('WITH')))
      cursor.group();
    else if (cursor.is('REPLACE', 'WHERE') || cursor.is('REPLACE', 'USING'))
      cursor.at = cursor.find('SELECT', 'VALUES', 'TABLE', 'FROM', 'WITH');
    else if (cursor.is('OUTPUT'))
      outputInto(work, cursor, { table, end: cursor.find('VALUES', 'SELECT', 'EXEC', 'EXECUTE', 'DEFAULT', 'WITH') });
    else if (cursor.is('AS') && !cursor.is('AS', 'SELECT')) alias = takeAlias(cursor);
    else if (cursor.is('SETTINGS')) cursor.at = cursor.find('SELECT', 'VALUES', 'FORMAT', 'WITH', 'FROM');
    else if (
      !['VALUES', 'VALUE', 'DEFAULT', 'SET', 'EXEC', 'EXECUTE', 'FORMAT', 'AS', ...beginsQuery].includes(
        cursor.peek()?.key ?? '',
      )
    ) {
      const found = takeAlias(cursor);
      if (!found) break;
      alias = found;
    } else break;
  }
  cursor.take('AS');
  const conflict = conflictAt(cursor);
  const body = cursor.upTo(conflict);
  const values = body.is('VALUES') ? body.between(body.find('AS') + 1, body.end) : undefined;
  const rowAlias = values?.peek()?.value;
  const relation = source(work, body, table);
  if (table && relation) fill(work, table, relation, { columns, byName });
  else if (table) write(work, table);
  const again = cursor.find('RETURNING');
  if (table) onConflict(work, cursor.between(cursor.at, again), { name, table, alias, columns, relation, rowAlias });
}

/** Where ON CONFLICT, ON DUPLICATE KEY, a row alias or RETURNING begins. */
function conflictAt(cursor: Cursor): number {
  const walk = cursor.between(cursor.at, cursor.end);
  for (;;) {
    walk.at = walk.find('ON', 'RETURNING');
    if (walk.done || walk.is('RETURNING') || walk.is('ON', 'CONFLICT') || walk.is('ON', 'DUPLICATE')) return walk.at;
    walk.next();
  }
}

/** The relation of what is inserted; undefined where nothing of it comes from a table. */
function source(work: Work, body: Cursor, table?: TableRef): Relation | undefined {
  const { findings } = work;
  const words = body.tokens.slice(body.at, body.end);
  if (body.is('VALUES') || body.is('VALUE')) {
    if (!words.some(({ key }) => key === 'SELECT')) return undefined;
    body.next();
    return relationOf(work, `SELECT * FROM (VALUES ${queryText(body, findings)}) flowmeta_values`);
  }
  if (body.take('SET')) {
    if (table)
      assign(work, assignments(body.rest(), findings), {
        from: '(SELECT 1) flowmeta_nothing',
        targets: [],
        tableFor: () => table,
      });
    return undefined;
  }
  if (body.is('EXEC') || body.is('EXECUTE')) {
    body.next();
    const name = takeName(body, findings.rules);
    findings.problem(`what the procedure ${name?.at(-1)?.text ?? ''} reads is not written here`);
    return undefined;
  }
  if (!beginsQuery.includes(body.peek()?.key ?? '')) return undefined;
  return query(work, body);
}

function onConflict(
  work: Work,
  cursor: Cursor,
  {
    name,
    table,
    alias,
    columns,
    relation,
    rowAlias,
  }: {
    name: WrittenName[];
    table: TableRef;
    alias: WrittenName | undefined;
    columns: readonly string[] | undefined;
    relation: Relation | undefined;
    /** MySQL's name for the row that would have been inserted. */
    rowAlias: string | undefined;
  },
): void {
  const { findings } = work;
  cursor.at = cursor.find('UPDATE');
  if (!cursor.take('UPDATE')) return;
  cursor.take('SET');
  const list = assignments(cursor.upTo(cursor.find('WHERE')), findings).map((assignment) => ({
    ...assignment,
    expression: excludedValues(assignment.expression),
  }));
  const inserted = relation
    ? relation.outputs.map((output, place): Output => {
        const column = columns?.[place];
        return output.type === 'column' && column !== undefined
          ? { type: 'column', name: column, flow: output.flow }
          : output;
      })
    : ofFlow(nothing).outputs;
  findings.relations.set('excluded', { outputs: inserted });
  if (rowAlias) findings.relations.set(rowAlias.toLowerCase(), { outputs: inserted });
  const key = alias ? lastKey(work, [alias]) : lastKey(work, name);
  const from = fromItem(work, name, alias);
  assign(work, list, { from, targets: [{ alias: key, table: undefined }], tableFor: () => table });
}

/** MySQL's VALUES(column) is what others call excluded.column. */
function excludedValues(cursor: Cursor): Cursor {
  const tokens = cursor.tokens.slice(cursor.at, cursor.end);
  const changed = tokens.flatMap((token, place) => {
    if (token.key === 'VALUES' && tokens[place + 1]?.key === '(')
      return [{ ...token, raw: 'excluded.', key: 'EXCLUDED', end: tokens[place + 2]?.start ?? token.end }];
    const before = tokens[place - 1];
    if (token.key === '(' && before?.key === 'VALUES') return [];
    if (token.key === ')' && tokens[place - 2]?.key === '(' && tokens[place - 3]?.key === 'VALUES') return [];
    return [token];
  });
  return new Cursor(cursor.sql, changed);
}

function intoDirectory(work: Work, cursor: Cursor): void {
  const path = cursor.next()?.value ?? '';
  cursor.at = cursor.find('SELECT', 'WITH', 'FROM', 'VALUES', 'TABLE');
  const file = work.findings.file(path);
  const relation = query(work, cursor);
  if (file) fill(work, file, relation, { byName: true });
}

function intoFunction(work: Work, cursor: Cursor): void {
  const { findings } = work;
  const name = takeName(cursor, findings.rules);
  const path = cursor.group()?.peek();
  const writesFile =
    /^(?:s3|gcs|url|file|hdfs|azureBlobStorage)/i.test(name?.at(-1)?.text ?? '') && path?.type === 'text';
  const file = writesFile ? findings.file(path.value) : undefined;
  if (!writesFile) findings.problem(`what the function ${name?.at(-1)?.text ?? ''} writes is not known`);
  cursor.at = cursor.find('SELECT', 'WITH', 'VALUES');
  if (cursor.is('VALUES') || cursor.done) {
    if (file) write(work, file);
    return;
  }
  const relation = query(work, cursor);
  if (file) fill(work, file, relation, { byName: true });
}

/** Oracle's and Snowflake's INSERT ALL: the query at the end gives the rows for all tables before it. */
function insertAll(work: Work, cursor: Cursor): void {
  const { findings } = work;
  const end = cursor.find('SELECT', 'WITH');
  const goals = cursor.upTo(end);
  const text = queryText(cursor, findings);
  const rows = relationOf(work, text);
  while (!goals.done) {
    goals.at = goals.find('INTO');
    if (!goals.take('INTO')) break;
    const name = takeName(goals, findings.rules);
    const table = name && findings.table(name);
    const first = goals.group();
    const names = first && nameList(first, findings.rules);
    const values = goals.take('VALUES') ? goals.group() : undefined;
    if (!table) continue;
    const relation = values ? relationOf(work, `SELECT ${plainText(values)} FROM (${text}) flowmeta_rows`) : rows;
    fill(work, table, relation, { columns: names && columnNames(names, findings) });
  }
}
