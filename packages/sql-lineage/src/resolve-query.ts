import { identifier, isNode, listAt, literalText, type Node, nodeAt, textAt, unwrap } from './ast.js';
import type { Findings } from './context.js';
import { columnName, tableName, type WrittenName } from './dialects.js';
import {
  type Flow,
  limited,
  lookUp,
  merge,
  nothing,
  type Output,
  ofFlow,
  ofTable,
  type Relation,
  renamed,
} from './relation.js';
import { flowOf, qualified, resolveChain, type Scope, unqualified } from './resolve-expression.js';
import { isWithoutTable, tableFunction } from './table-functions.js';

const queries = new Set(['select', 'union', 'intersect', 'except', 'subquery', 'paren', 'values', 'pivot']);

/** Whether a node of this kind gives rows. */
export const isQuery = (kind: string): boolean => queries.has(kind);

/** The scope of a query that stands in another one's scope. */
export const innerScope = (findings: Findings, parent?: Scope): Scope => ({
  findings,
  ...(parent ? { parent } : {}),
  entries: [],
  ctes: new Map(),
  aliases: new Map(),
  merged: new Map(),
  windows: new Map(),
  targets: [],
  resolve: resolveQuery,
});

const names = (list: readonly unknown[], findings: Findings): string[] =>
  list.flatMap((item) => {
    const name = identifier(item);
    return name ? [columnName(name, findings.rules)] : [];
  });

/**
 * What a query gives; what it reads is noted in the scope's findings.
 *
 * `onFirstBranch` hears what the first branch of a set operation gives before the others are looked at: the columns of a recursive CTE.
 */
export function resolveQuery(node: unknown, scope: Scope, onFirstBranch?: (relation: Relation) => void): Relation {
  const [kind, content] = unwrap(node);
  if (kind === 'select') return resolveSelect(content, scope);
  if (kind === 'union' || kind === 'intersect' || kind === 'except')
    return resolveSetOperation(kind, content, scope, onFirstBranch);
  if (kind === 'subquery' || kind === 'paren') {
    const inner = innerScope(scope.findings, scope);
    const relation = resolveQuery(content.this, inner, onFirstBranch);
    return renamed(relation, names(listAt(content, 'column_aliases'), scope.findings));
  }
  if (kind === 'values') return resolveValues(content, scope);
  if (kind === 'pivot' || kind === 'unpivot' || kind === 'table') {
    const inner = innerScope(scope.findings, scope);
    addFrom(node, inner);
    return { outputs: inner.entries.flatMap(({ relation }) => relation.outputs) };
  }
  scope.findings.problem(`a ${kind.replaceAll('_', ' ') || 'part'} is not understood as a query`);
  return ofFlow({ sources: [], problems: ['its query is not understood'] });
}

function resolveValues(content: Node, scope: Scope): Relation {
  const columns: Flow[][] = [];
  for (const row of listAt(content, 'expressions')) {
    const cells = isNode(row) ? listAt(row, 'expressions') : [];
    cells.forEach((cell, place) => {
      const column = columns[place] ?? [];
      column.push(flowOf(cell, scope));
      columns[place] = column;
    });
  }
  const given = names(listAt(content, 'column_aliases'), scope.findings);
  return {
    outputs: columns.map((flows, place): Output => {
      const name = given[place];
      return { type: 'column', ...(name === undefined ? {} : { name }), flow: merge(flows) };
    }),
  };
}

function resolveSetOperation(
  kind: string,
  content: Node,
  scope: Scope,
  onFirstBranch?: (relation: Relation) => void,
): Relation {
  const own = innerScope(scope.findings, scope);
  addCtes(content, own);
  const left = resolveQuery(content.left, own, onFirstBranch);
  onFirstBranch?.(left);
  const right = resolveQuery(content.right, own);
  flowOf([content.order_by, content.limit], own);
  if (kind === 'except') return left;
  return content.by_name === true ? byName(left, right, scope.findings) : byPlace(left, right);
}

function byName(left: Relation, right: Relation, findings: Findings): Relation {
  const key = (output: Output) =>
    output.type === 'column' && output.name !== undefined ? findings.key(output.name) : undefined;
  const others = new Map(right.outputs.map((output) => [key(output), output]));
  const taken = new Set<string | undefined>();
  const outputs = left.outputs.map((output): Output => {
    const other = others.get(key(output));
    if (output.type !== 'column' || other?.type !== 'column') return output;
    taken.add(key(output));
    return {
      type: 'column',
      ...(output.name === undefined ? {} : { name: output.name }),
      flow: merge([output.flow, other.flow]),
    };
  });
  return {
    outputs: [...outputs, ...right.outputs.filter((output) => key(output) === undefined || !taken.has(key(output)))],
  };
}

function byPlace(left: Relation, right: Relation): Relation {
  const simple = ({ outputs }: Relation) => outputs.every(({ type }) => type === 'column');
  if (left.outputs.length === 1 && right.outputs.length === 1) {
    const [one] = left.outputs;
    const [other] = right.outputs;
    if (one?.type === 'star' && other?.type === 'star')
      return {
        outputs: [{ ...one, tables: [...one.tables, ...other.tables.map(({ table }) => ({ table, assumed: true }))] }],
      };
  }
  if (!simple(left) || !simple(right)) {
    const problems = ['the columns of * are matched by position'];
    return {
      outputs: left.outputs.map((output): Output => {
        if (output.type === 'column')
          return { ...output, flow: { ...output.flow, problems: [...output.flow.problems, ...problems] } };
        return output.type === 'rest' ? { type: 'rest', flow: { ...output.flow, problems } } : output;
      }),
    };
  }
  return {
    outputs: left.outputs.map((output, place): Output => {
      const other = right.outputs[place];
      if (output.type !== 'column' || other?.type !== 'column') return output;
      return {
        type: 'column',
        ...(output.name === undefined ? {} : { name: output.name }),
        flow: merge([output.flow, other.flow]),
      };
    }),
  };
}

function addCtes(content: Node, scope: Scope): void {
  const clause = nodeAt(content, 'with');
  if (!clause) return;
  const { findings } = scope;
  const named = clause.recursive === true || ['tsql', 'oracle', 'snowflake'].includes(findings.rules.parser);
  for (const cte of listAt(clause, 'ctes')) {
    if (!isNode(cte)) continue;
    const alias = identifier(cte.alias);
    if (!alias) continue;
    const key = findings.key(tableName(alias, findings.rules));
    const columns = names(listAt(cte, 'columns'), findings);
    const [kind] = unwrap(cte.this);
    if (!isQuery(kind)) {
      scope.aliases.set(findings.key(columnName(alias, findings.rules)), flowOf(cte.this, scope));
      continue;
    }
    const relation = resolveQuery(
      cte.this,
      innerScope(findings, scope),
      named ? (first) => scope.ctes.set(key, renamed(first, columns)) : undefined,
    );
    scope.ctes.set(key, renamed(relation, columns));
    if (kind === 'subquery' || kind === 'select') {
      const [only] = relation.outputs;
      if (findings.rules.parser === 'clickhouse' && relation.outputs.length === 1 && only?.type === 'column')
        scope.aliases.set(key, only.flow);
    }
  }
}

function resolveSelect(content: Node, outer: Scope): Relation {
  const scope = innerScope(outer.findings, outer);
  scope.targets = outer.targets;
  const { findings } = scope;
  addCtes(content, scope);
  for (const item of listAt(nodeAt(content, 'from') ?? {}, 'expressions')) addFrom(item, scope);
  for (const join of listAt(content, 'joins')) if (isNode(join)) addJoin(join, scope);
  for (const view of listAt(content, 'lateral_views')) if (isNode(view)) addLateralView(view, scope);
  for (const window of listAt(content, 'windows')) {
    if (!isNode(window)) continue;
    const name = identifier(window.name);
    if (name) scope.windows.set(findings.key(columnName(name, findings.rules)), flowOf(window.spec, scope));
  }
  const outputs: Output[] = [];
  for (const expression of listAt(content, 'expressions')) {
    for (const output of resolveOutput(expression, scope)) {
      outputs.push(output);
      if (output.type === 'column' && output.name !== undefined && findings.rules.lateralAliases)
        scope.aliases.set(findings.key(output.name), output.flow);
    }
  }
  const clauses = ['prewhere', 'where_clause', 'group_by', 'having', 'qualify', 'order_by', 'connect', 'limit', 'top'];
  flowOf(
    clauses.map((clause) => content[clause]),
    scope,
  );
  flowOf(content.distinct_on, scope);
  const excluded = listAt(content, 'exclude');
  if (excluded.length === 0) return { outputs: limited(outputs) };
  const hidden = new Set(
    excluded.flatMap((item) => {
      const name = identifier(unwrap(item)[1].name ?? item);
      return name ? [columnName(name, findings.rules)] : [];
    }),
  );
  return { outputs: without(outputs, [...hidden], findings) };
}

function without(outputs: readonly Output[], hidden: readonly string[], findings: Findings): Output[] {
  if (hidden.length === 0) return [...outputs];
  const keys = new Set(hidden.map((name) => findings.key(name)));
  return outputs.flatMap((output): Output[] => {
    if (output.type === 'column')
      return output.name !== undefined && keys.has(findings.key(output.name)) ? [] : [output];
    return output.type === 'star' ? [{ ...output, except: [...output.except, ...hidden] }] : [output];
  });
}

function column(name: string | undefined, flow: Flow): Output {
  return { type: 'column', ...(name === undefined ? {} : { name }), flow };
}

function resolveOutput(expression: unknown, scope: Scope): Output[] {
  const { rules } = scope.findings;
  const [kind, content] = unwrap(expression);
  if (kind === 'star') return resolveStar(content, scope);
  if (kind === 'alias') {
    const several = names(listAt(content, 'column_aliases'), scope.findings);
    const flow = flowOf(content.this, scope);
    if (several.length > 0) return several.map((name) => column(name, flow));
    const alias = identifier(content.alias);
    return [column(alias && columnName(alias, rules), flow)];
  }
  if (kind === 'eq' && rules.parser === 'tsql') {
    const [left, written] = unwrap(content.left);
    const alias = left === 'column' && !isNode(written.table) ? identifier(written.name) : undefined;
    if (alias) return [column(columnName(alias, rules), flowOf(content.right, scope))];
  }
  return [column(nameOf(expression, scope.findings), flowOf(expression, scope))];
}

/** What the database calls a column that has no alias. */
function nameOf(expression: unknown, findings: Findings): string | undefined {
  const { rules } = findings;
  const [kind, content] = unwrap(expression);
  if (kind === 'column') {
    const name = identifier(content.name);
    return name && !/^#\d+$/.test(name.text) && !findings.session.markers.has(name.text.toLowerCase())
      ? columnName(name, rules)
      : undefined;
  }
  if (kind === 'dot') {
    const field = identifier(content.field);
    return field && columnName(field, rules);
  }
  if (kind === 'paren') return nameOf(content.this, findings);
  if (kind === 'parameter' && rules.parser === 'snowflake' && typeof content.index === 'number')
    return `$${content.index}`;
  if (!rules.namesFunctions) return undefined;
  if (kind === 'cast') return nameOf(content.this, findings);
  if (kind === 'window_function') return nameOf(content.this, findings);
  const given = textAt(content, 'name') ?? textAt(content, 'original_name');
  if (given !== undefined && !given.includes('.')) return given.toLowerCase();
  return ['lower', 'upper', 'coalesce', 'length', 'round', 'abs', 'greatest', 'least'].includes(kind)
    ? kind
    : undefined;
}

function resolveStar(star: Node, scope: Scope): Output[] {
  const { findings } = scope;
  const { rules } = findings;
  const of = identifier(star.table);
  let outputs: Output[];
  if (of) {
    const entry = qualified([of], scope);
    if (!entry) {
      return [{ type: 'rest', flow: { sources: [], problems: [`${of.text}.* is of no table in FROM`] } }];
    }
    outputs = [...entry.relation.outputs];
  } else {
    outputs = scope.entries.flatMap(({ relation, hidden, joined = [] }) =>
      hidden ? [] : without(relation.outputs, joined, findings),
    );
  }
  const except = names(
    listAt(star, 'except').map((item) => (identifier(item) ? item : unwrap(item)[1].name)),
    findings,
  );
  const added: Output[] = [];
  const hidden = [...except];
  for (const item of listAt(star, 'replace')) {
    const content = isNode(item) && 'alias' in item && !isNode(nodeAt(item, 'alias')?.this) ? item : unwrap(item)[1];
    const alias = identifier(content.alias);
    if (!alias) continue;
    const name = columnName(alias, rules);
    hidden.push(name);
    added.push(column(name, flowOf(content.this, scope)));
  }
  for (const pair of listAt(star, 'rename')) {
    const [from, to] = Array.isArray(pair) ? pair.map(identifier) : [];
    if (!from || !to) continue;
    const source = columnName(from, rules);
    hidden.push(source);
    const found = outputs
      .map((output) => lookUp({ outputs: [output] }, source, rules))
      .find((flow) => flow !== undefined);
    added.push(column(columnName(to, rules), found?.flow ?? nothing));
  }
  return [...without(outputs, hidden, findings), ...added];
}

function addJoin(join: Node, scope: Scope): void {
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

function addLateralView(view: Node, scope: Scope): void {
  const { findings } = scope;
  const flow = flowOf(view.this, scope);
  const alias = identifier(view.table_alias);
  const relation = renamed(ofFlow(flow), names(listAt(view, 'column_aliases'), findings));
  scope.entries.push({ ...(alias ? { alias: findings.key(tableName(alias, findings.rules)) } : {}), relation });
}

/** Adds what stands in a FROM clause to the scope. */
function addFrom(item: unknown, scope: Scope, as?: { alias?: WrittenName; columns: readonly string[] }): void {
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
    const inner = innerScope(findings, scope);
    addFrom(content.left, inner);
    for (const join of listAt(content, 'joins')) if (isNode(join)) addJoin(join, inner);
    if (alias) add({ outputs: inner.entries.flatMap(({ relation }) => relation.outputs) });
    else scope.entries.push(...inner.entries);
  } else if (kind === 'pivot' || kind === 'unpivot') addPivot(kind, content, { alias, columns }, scope);
  else if (kind === 'column') {
    addTable({ name: content.name, schema: content.table }, { alias, columns }, scope);
  } else if (isQuery(kind)) add(resolveQuery(item, scope));
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
  const inner = innerScope(findings, scope);
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
    const kept = listAt(group ?? {}, 'expressions').flatMap((item) => resolveOutput(item, inner));
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
