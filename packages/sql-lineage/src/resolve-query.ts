import { identifier, isNode, isQuery, listAt, type Node, nodeAt, textAt, unwrap } from './ast.js';
import type { Findings } from './context.js';
import { columnName, tableName } from './dialects.js';
import { addFrom, addJoin, addLateralView } from './from-clause.js';
import { column, names, without } from './outputs.js';
import { type Flow, limited, lookUp, merge, nothing, type Output, ofFlow, type Relation, renamed } from './relation.js';
import { flowOf, innerScope, qualified, type Scope } from './resolve-expression.js';

/** The scope of a statement's own query. */
export const outerScope = (findings: Findings): Scope => innerScope({ findings, resolve: resolveQuery });

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
    const inner = innerScope(scope, scope);
    const relation = resolveQuery(content.this, inner, onFirstBranch);
    return renamed(relation, names(listAt(content, 'column_aliases'), scope.findings));
  }
  if (kind === 'values') return resolveValues(content, scope);
  if (kind === 'pivot' || kind === 'unpivot' || kind === 'table') {
    const inner = innerScope(scope, scope);
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
  const own = innerScope(scope, scope);
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
      innerScope(scope, scope),
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
  const scope = innerScope(outer, outer);
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
