import type { Findings } from './context.js';
import { Cursor } from './cursor.js';
import { columnName, tableName, type WrittenName } from './dialects.js';
import { scannedTables } from './from-items.js';
import { expressionText, queryText } from './query-text.js';
import { type Flow, limited, merge, nothing, type Output, ofFlow, type Relation, tableId } from './relation.js';
import type { Target } from './resolve-expression.js';
import { outerScope, resolveQuery } from './resolve-query.js';
import { tokenize } from './tokens.js';
import type { ColumnEdge, StatementKind, TableRef } from './types.js';

/** One statement while it is looked at. */
export interface Work {
  findings: Findings;
  kind: StatementKind;
  /** Its leading WITH clause, as the parser understands it; empty where it has none. */
  with: string;
  /** By target column. */
  edges: Map<string, ColumnEdge>;
  /** Temporary tables that it fills. */
  filled: Set<TableRef>;
  failed: boolean;
}

export const newWork = (findings: Findings): Work => ({
  findings,
  kind: 'other',
  with: '',
  edges: new Map(),
  filled: new Set(),
  failed: false,
});

/**
 * The relation of a query given as text for the parser; where that does not understand it, the tables behind its FROM and JOIN are read.
 * `targets` are the tables of its FROM clause that are written.
 */
export function relationOf(work: Work, text: string, targets: readonly Target[] = []): Relation {
  const { findings } = work;
  const inner =
    work.with !== '' && /^WITH\b/i.test(text) ? `, ${text.replace(/^WITH\b(?:\s+RECURSIVE\b)?/i, '')}` : ` ${text}`;
  const whole = `${work.with}${inner}`.trim();
  const tree = findings.session.parse(whole);
  if (tree) {
    const scope = outerScope(findings);
    scope.targets = targets;
    return resolveQuery(tree, scope);
  }
  findings.problem('the parser does not understand a query of it');
  readByWords(work, whole, targets);
  return ofFlow({ sources: [], problems: ['the parser does not understand a query of it'] });
}

function readByWords(work: Work, text: string, targets: readonly Target[]): void {
  const { findings } = work;
  for (const { name, alias } of scannedTables(new Cursor(text, tokenize(text, findings.rules)), findings.rules)) {
    const last = name.at(-1);
    if (last && name.length === 1 && findings.relations.has(last.text.toLowerCase())) continue;
    const key = [alias ?? last].map((used) => used && findings.key(tableName(used, findings.rules)))[0];
    const table = findings.table(name);
    const target = targets.find((candidate) => candidate.table === undefined && candidate.alias === key);
    if (target) target.table = table;
    else if (table) readThrough(work, table);
  }
}

/** Notes that a table is read; of a temporary one what it was filled from. */
export function readThrough({ findings }: Work, table: TableRef): void {
  const temporary = findings.temporary(table);
  if (!temporary) findings.read(table);
  else for (const read of temporary.reads.values()) findings.read(read);
}

/** The relation of a query in the statement's own words. */
export function query(work: Work, cursor: Cursor): Relation {
  const relation = relationOf(work, queryText(cursor, work.findings));
  return withExpressions(work, cursor, relation);
}

/** Notes that rows of a table change. */
export function write(work: Work, table: TableRef): void {
  if (work.findings.temporary(table) || /^[#@]/.test(table.name)) {
    if (!work.findings.temporary(table)) work.findings.addTemporary(table);
    work.filled.add(table);
  } else work.findings.write(table);
}

/** Notes where the value of a column that is written comes from. */
export function edge(
  work: Work,
  to: { table: TableRef; column: string },
  {
    flow,
    assumed = false,
    expression,
    except = [],
  }: { flow: Flow; assumed?: boolean; expression?: string; except?: readonly string[] },
): void {
  const { findings } = work;
  for (const problem of flow.problems) findings.problem(problem);
  const temporary = findings.temporary(to.table);
  if (temporary) {
    const marked = assumed ? { ...flow, sources: flow.sources.map((source) => ({ ...source, assumed: true })) } : flow;
    temporary.relation = addFlow(temporary.relation, {
      name: to.column,
      flow: marked,
      same: (name) => findings.key(name),
    });
    return;
  }
  for (const guess of [false, true]) {
    const sources = flow.sources.filter((source) => (assumed || source.assumed) === guess);
    if (sources.length === 0) continue;
    const id = `${tableId(to.table)}\u0000${findings.key(to.column)}\u0000${to.column === '*' ? sources.map(({ table }) => tableId(table)).join() : ''}\u0000${guess}`;
    const known = work.edges.get(id);
    const from = merge([
      { sources: (known?.from ?? []).map((source) => ({ ...source, assumed: guess })), problems: [] },
      { sources, problems: [] },
    ]).sources.map(({ table, column }) => ({ table, column }));
    const text = known ? (known.expression === expression ? expression : undefined) : expression;
    work.edges.set(id, {
      from,
      to: known?.to ?? to,
      ...(text === undefined ? {} : { expression: text }),
      ...(except.length > 0 ? { except: [...except] } : {}),
      ...(guess ? { assumed: true } : {}),
    });
    for (const { table } of sources) findings.read(table);
  }
}

function addFlow(
  relation: Relation,
  { name, flow, same }: { name: string; flow: Flow; same: (name: string) => string },
): Relation {
  let found = false;
  const outputs = relation.outputs.map((output): Output => {
    if (output.type !== 'column' || output.name === undefined || same(output.name) !== same(name)) return output;
    found = true;
    return { type: 'column', name: output.name, flow: merge([output.flow, flow]) };
  });
  return { outputs: found ? outputs : [...outputs, { type: 'column', name, flow }] };
}

/**
 * Notes what flows into a table from a relation: into `columns` by position; without them by name where the relation makes the table or
 * says so; else by position into columns that the script has defined, or that are assumed to have the same names.
 */
export function fill(
  work: Work,
  table: TableRef,
  relation: Relation,
  { columns, byName = false }: { columns?: readonly string[] | undefined; byName?: boolean } = {},
): void {
  const { findings } = work;
  write(work, table);
  const defined = columns ?? (byName ? undefined : definedColumns(work, table));
  if (defined) {
    byPosition(work, table, { outputs: relation.outputs, columns: defined });
    return;
  }
  if (!byName && !findings.temporary(table)) {
    const flows = relation.outputs.some((output) => output.type !== 'column' || output.flow.sources.length > 0);
    if (flows)
      findings.problem(`no column list: the columns of ${table.name} are assumed to be called as in the SELECT`);
  }
  for (const output of relation.outputs) {
    if (output.type === 'star') star(work, table, { output, assumed: !byName });
    else if (output.type === 'rest') {
      for (const problem of output.flow.problems) findings.problem(problem);
      if (output.flow.problems.length === 0 && output.flow.sources.length > 0)
        findings.problem('the columns of * are not known');
      const temporary = findings.temporary(table);
      if (temporary) temporary.relation = { outputs: limited([...temporary.relation.outputs, output]) };
    } else if (output.name !== undefined)
      edge(
        work,
        { table, column: output.name },
        { flow: output.flow, assumed: !byName, ...(output.expression ? { expression: output.expression } : {}) },
      );
    else if (output.flow.sources.length > 0 || output.flow.problems.length > 0)
      findings.problem('a column of the SELECT has no name');
  }
}

function star(
  work: Work,
  table: TableRef,
  { output, assumed }: { output: Output & { type: 'star' }; assumed: boolean },
): void {
  const { findings } = work;
  const temporary = findings.temporary(table);
  if (temporary) {
    temporary.relation = { outputs: limited([...temporary.relation.outputs, output]) };
    return;
  }
  for (const { table: from, assumed: guess } of output.tables) {
    if (guess) findings.problem('the columns of * are matched by position');
    edge(
      work,
      { table, column: '*' },
      {
        flow: { sources: [{ table: from, column: '*', assumed: guess }], problems: [] },
        assumed,
        except: output.except,
      },
    );
  }
}

function definedColumns(work: Work, table: TableRef): readonly string[] | undefined {
  const { findings } = work;
  const temporary = findings.temporary(table);
  if (!temporary) return findings.session.definitions.get(tableId(table).toLowerCase());
  const names = temporary.relation.outputs.flatMap((output) =>
    output.type === 'column' && output.name !== undefined ? [output.name] : [],
  );
  return names.length > 0 && names.length === temporary.relation.outputs.length ? names : undefined;
}

function byPosition(
  work: Work,
  table: TableRef,
  { outputs, columns }: { outputs: readonly Output[]; columns: readonly string[] },
): void {
  const pair = (column: string | undefined, output: Output | undefined) => {
    if (output?.type !== 'column' || column === undefined) return;
    edge(
      work,
      { table, column },
      { flow: output.flow, ...(output.expression ? { expression: output.expression } : {}) },
    );
  };
  const unknown = outputs.findIndex(({ type }) => type !== 'column');
  if (unknown < 0) {
    for (const [place, column] of columns.entries()) pair(column, outputs[place]);
    return;
  }
  for (let place = 0; place < unknown; place++) pair(columns[place], outputs[place]);
  const after = outputs.slice(unknown + 1);
  if (after.every(({ type }) => type === 'column'))
    for (const [place, output] of after.entries()) pair(columns[columns.length - after.length + place], output);
  const [single] = outputs;
  const problems = outputs.flatMap((output) => (output.type === 'rest' ? output.flow.problems : []));
  if (outputs.length === 1 && single?.type === 'rest' && single.flow.sources.length > 0 && problems.length === 0)
    for (const column of columns) edge(work, { table, column }, { flow: single.flow });
  else if (problems.length > 0) for (const problem of problems) work.findings.problem(problem);
  else work.findings.problem('which columns * stands for is not known');
  const temporary = work.findings.temporary(table);
  if (temporary && temporary.relation.outputs.length === 0)
    temporary.relation = { outputs: columns.map((name) => ({ type: 'column', name, flow: nothing })) };
}

/** The names as the catalog has them. */
export const columnNames = (names: readonly WrittenName[], findings: Findings): string[] =>
  names.map((name) => columnName(name, findings.rules));

/** Adds the texts of a plain SELECT's expressions, where they can be told apart. */
function withExpressions(work: Work, cursor: Cursor, relation: Relation): Relation {
  const walk = cursor.between(cursor.at, cursor.end);
  if (walk.find('UNION', 'EXCEPT', 'INTERSECT', 'MINUS') < walk.end) return relation;
  walk.at = walk.find('SELECT');
  if (!walk.take('SELECT')) return relation;
  if (walk.take('DISTINCT') && walk.take('ON')) walk.group();
  walk.take('ALL');
  if (walk.take('TOP')) {
    if (!walk.group()) walk.next();
    walk.take('PERCENT');
    walk.take('WITH TIES');
  }
  const pieces = walk.upTo(walk.find('FROM', 'INTO', 'WHERE', 'GROUP', 'ORDER', 'LIMIT', 'QUALIFY')).list();
  if (pieces.length !== relation.outputs.length) return relation;
  return {
    ...relation,
    outputs: relation.outputs.map((output, place) => {
      const piece = pieces[place];
      if (output.type !== 'column' || !piece) return output;
      return withExpression(output, piece, work.findings);
    }),
  };
}

/** The output with the text of its expression, if that is more than a column's name. */
export function withExpression(output: Output & { type: 'column' }, piece: Cursor, findings: Findings): Output {
  let end = piece.find('AS');
  const last = piece.tokens[piece.end - 1];
  const before = piece.tokens[piece.end - 2];
  if (end === piece.end && piece.end - piece.at > 1 && (last?.type === 'word' || last?.type === 'name'))
    if (
      before &&
      (before.type !== 'symbol' || before.key === ')') &&
      !/^(?:AND|OR|NOT|IS|LIKE|IN|END|THEN|ELSE|OVER|BETWEEN|COLLATE)$/.test(before.key) &&
      last.key !== 'END' &&
      last.key !== 'NULL'
    )
      end = piece.end - 1;
  const body = piece.between(piece.at, end);
  const plain = body.tokens
    .slice(body.at, body.end)
    .every(({ type, key }) => type === 'word' || type === 'name' || key === '.');
  if (plain || output.flow.sources.length === 0) return output;
  return { ...output, expression: expressionText(body, findings) };
}
