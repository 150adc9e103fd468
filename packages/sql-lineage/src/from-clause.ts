import { identifier, isNode, isQuery, listAt, literalText, type Node, nodeAt, textAt, unwrap } from './ast.js';
import type { Findings } from './context.js';
import { columnName, tableName, type WrittenName } from './dialects.js';
import { column, names, without } from './outputs.js';
import { lookUp, merge, nothing, type Output, ofFlow, ofTable, type Relation, renamed } from './relation.js';
import { flowOf, innerScope, resolveChain, type Scope, unqualified } from './resolve-expression.js';
import { isWithoutTable, tableFunction } from './table-functions.js';

/** Adds what a join brings to the scope. */
export function addJoin(join: Node, scope: Scope): void {
  const { findings } = scope;
  const kind = textAt(join, 'kind') ?? '';
  const before = scope.entries.length;
  if (kind === 'Array' || kind === 'LeftArray') {
    const [, content] = unwrap(join.this);
    const alias = identifier(content.alias);
    const flow = flowOf(join.this, scope);
    if (alias) scope.entries.push({ relation: { outputs: [column(columnName(alias, findings.rules), flow)] } });
    return;
  }
  const using = names(listAt(join, 'using'), findings);
  const left = using.map((name) => unqualified(name, scope));
  addFrom(join.this, scope);
  for (const pivot of listAt(join, 'pivots')) flowOf(pivot, scope);
  const added = scope.entries.slice(before);
  if (/Semi|Anti/.test(kind)) for (const entry of added) entry.hidden = true;
  for (const entry of added) entry.joined = using;
  using.forEach((name, place) => {
    const right = merge(added.flatMap(({ relation }) => lookUp(relation, name, findings.rules)?.flow ?? []));
    const flow = /Right/.test(kind)
      ? right
      : /Full/.test(kind)
        ? merge([left[place] ?? nothing, right])
        : (left[place] ?? nothing);
    scope.merged.set(findings.key(name), flow);
  });
  flowOf(join.on, scope);
}

/** Adds Spark's LATERAL VIEW to the scope. */
export function addLateralView(view: Node, scope: Scope): void {
  const { findings } = scope;
  const flow = flowOf(view.this, scope);
  const alias = identifier(view.table_alias);
  const relation = renamed(ofFlow(flow), names(listAt(view, 'column_aliases'), findings));
  scope.entries.push({ ...(alias ? { alias: findings.key(tableName(alias, findings.rules)) } : {}), relation });
}

/** Adds what stands in a FROM clause to the scope. */
export function addFrom(item: unknown, scope: Scope, as?: { alias?: WrittenName; columns: readonly string[] }): void {
  const { findings } = scope;
  const { rules } = findings;
  const [kind, content] = unwrap(item);
  const own = identifier(content.alias);
  const alias = as?.alias ?? own;
  const columns = as?.columns ?? names(listAt(content, 'column_aliases'), findings);
  const key = alias && findings.key(tableName(alias, rules));
  const add = (relation: Relation) => {
    scope.entries.push({ ...(key === undefined ? {} : { alias: key }), relation: renamed(relation, columns) });
  };
  if (kind === 'table') addTable(content, { alias, columns }, scope);
  else if (kind === 'alias' || (kind === 'paren' && !isQuery(unwrap(content.this)[0])) || kind === 'table_sample')
    addFrom(content.this, scope, { ...(alias ? { alias } : {}), columns });
  else if (kind === 'joined_table') {
    const inner = innerScope(scope, scope);
    addFrom(content.left, inner);
    for (const join of listAt(content, 'joins')) if (isNode(join)) addJoin(join, inner);
    if (alias) add({ outputs: inner.entries.flatMap(({ relation }) => relation.outputs) });
    else scope.entries.push(...inner.entries);
  } else if (kind === 'pivot' || kind === 'unpivot') addPivot(kind, content, { alias, columns }, scope);
  else if (kind === 'column') {
    addTable({ name: content.name, schema: content.table }, { alias, columns }, scope);
  } else if (isQuery(kind)) add(scope.resolve(item, scope));
  else if (kind === 'lateral') {
    const given = identifier(textAt(content, 'alias'));
    const several = names(listAt(content, 'column_aliases'), findings);
    addFrom(content.this, scope, { ...(given ? { alias: given } : {}), columns: several });
  } else {
    const relation = tableFunction(kind, content, { scope, alias: alias?.text, several: columns });
    add(relation);
    const offset = identifier(content.offset_alias);
    if (offset) scope.entries.push({ relation: { outputs: [column(columnName(offset, rules), nothing)] } });
  }
}

interface Given {
  alias: WrittenName | undefined;
  columns: readonly string[];
}

function addTable(content: Node, { alias, columns }: Given, scope: Scope): void {
  const { findings } = scope;
  const { rules } = findings;
  const parts = [content.catalog, content.schema, content.name]
    .map((part) => identifier(part) ?? (isNode(part) && part.name === '' ? { text: '', quoted: false } : undefined))
    .filter((part) => part !== undefined)
    .flatMap((part): WrittenName[] =>
      rules.parser === 'bigquery' && part.text.includes('.')
        ? part.text.split('.').map((text) => ({ text, quoted: true }))
        : [part],
    );
  const last = parts.at(-1);
  if (!last) return;
  const given = (name: WrittenName) => findings.key(tableName(name, rules));
  const add = (relation: Relation, path: readonly string[] = []) =>
    scope.entries.push({ alias: given(alias ?? last), relation: renamed(relation, columns), path: alias ? [] : path });
  const [first] = parts;
  if (parts.length === 1) {
    const cte = withName(given(last), scope);
    if (cte) return void add(cte);
    if (isWithoutTable(last.text, rules)) return;
  } else if (rules.structs && first && isColumnOf(parts.map(given), scope)) {
    return void add(ofFlow(resolveChain(parts, scope)));
  }
  const path = fileName(parts, findings);
  if (path !== undefined) {
    const file = findings.file(path);
    if (file) findings.read(file);
    return void add(file ? ofTable(file) : ofFlow(nothing));
  }
  const table = findings.table(parts);
  if (!table) return void add(ofFlow(nothing));
  const target = scope.targets.find(
    ({ alias: name, table: found }) => name === given(alias ?? last) && found === undefined,
  );
  if (target) {
    target.table = table;
    return void add(findings.temporary(table)?.relation ?? ofTable(table), parts.map(given));
  }
  const temporary = findings.temporary(table);
  if (temporary) {
    for (const read of temporary.reads.values()) findings.read(read);
    return void add(temporary.relation);
  }
  if (/^[#@]/.test(table.name) && table.file === undefined) {
    findings.problem(`the temporary table ${table.name} is filled elsewhere`);
    return void add(ofFlow(nothing));
  }
  findings.read(table);
  add(ofTable(table), parts.map(given));
}

/** Whether a name in FROM is an array of a table before it: `t.items`, or `schema.t.items`. */
const isColumnOf = (keys: readonly string[], scope: Scope): boolean =>
  scope.entries.some(
    ({ alias, path = [] }) =>
      alias === keys[0] ||
      (path.length > 1 && path.length < keys.length && path.every((key, place) => key === keys[place])),
  );

function withName(key: string, scope: Scope): Relation | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const cte = at.ctes.get(key);
    if (cte) return cte;
  }
  return scope.findings.relations.get(key.toLowerCase());
}

const fileFormats = ['parquet', 'csv', 'json', 'delta', 'orc', 'avro', 'text', 'binaryfile'];

/** The path, where a table's name is that of a file. */
function fileName(parts: readonly WrittenName[], { rules }: Findings): string | undefined {
  const [first, second] = parts;
  if (!first) return undefined;
  if (rules.parser === 'databricks' && second && fileFormats.includes(first.text.toLowerCase()))
    return /[/:]/.test(second.text) ? second.text : undefined;
  if (rules.parser !== 'duckdb' || parts.length > 1 || !first.quoted) return undefined;
  return /[/\\]|\.(?:csv|tsv|txt|json|jsonl|ndjson|parquet|xlsx|gz|zst|db)$/i.test(first.text) ? first.text : undefined;
}

function addPivot(kind: string, content: Node, { alias, columns }: Given, scope: Scope): void {
  const { findings } = scope;
  const { rules } = findings;
  const inner = innerScope(scope, scope);
  addFrom(content.this, inner);
  const input: Relation = { outputs: inner.entries.flatMap(({ relation }) => relation.outputs) };
  const key = alias && findings.key(tableName(alias, rules));
  const add = (relation: Relation) => scope.entries.push({ ...(key === undefined ? {} : { alias: key }), relation });
  const given = [...columns, ...names(listAt(content, 'alias_columns'), findings)];
  if (kind === 'unpivot') {
    const flow = merge(listAt(content, 'columns').map((item) => flowOf(item, inner)));
    const value = identifier(content.value_column);
    const name = identifier(content.name_column);
    const hidden = listAt(content, 'columns').flatMap((item) => {
      const used = identifier(unwrap(item)[1].name);
      return used ? [columnName(used, rules)] : [];
    });
    const outputs = without(input.outputs, hidden, findings);
    if (name) outputs.push(column(columnName(name, rules), nothing));
    if (value) outputs.push(column(columnName(value, rules), flow));
    return void add(renamed({ outputs }, given));
  }
  const fields = listAt(content, 'fields');
  const flow = merge([
    flowOf(content.expressions, inner),
    ...fields.map((field) => flowOf(unwrap(field)[1].this, inner)),
  ]);
  const group = nodeAt(nodeAt(content, 'group') ?? {}, 'group');
  if (fields.length === 0) {
    findings.problem('the columns that PIVOT makes are not known');
    const kept = listAt(group ?? {}, 'expressions').map((item) => {
      const name = identifier(unwrap(item)[1].name);
      return column(name && columnName(name, rules), flowOf(item, inner));
    });
    return void add({ outputs: kept });
  }
  const used = new Set<string>();
  for (const { column: name } of flow.sources) used.add(name);
  const kept = without(input.outputs, [...used], findings);
  const made = fields.flatMap((field) =>
    listAt(unwrap(field)[1], 'expressions').map((value): Output => {
      const [type, inside] = unwrap(value);
      const name = identifier(inside.alias) ?? identifier(inside.name);
      const text = literalText(value);
      if (type === 'column' || type === 'alias' || name) return column(name && columnName(name, rules), flow);
      return column(text === undefined || rules.parser === 'snowflake' ? text && `'${text}'` : text, flow);
    }),
  );
  if (given.length > 0 && kept.every(({ type }) => type === 'column'))
    return void add(renamed({ outputs: [...kept, ...made] }, given));
  add({ outputs: [...kept, ...made] });
}
