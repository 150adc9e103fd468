import { identifier, isNode, listAt, type Node, unwrap } from './ast.js';
import type { Findings } from './context.js';
import { columnName, tableName, type WrittenName } from './dialects.js';
import { type Flow, lookUp, merge, nothing, type Relation } from './relation.js';
import { markersIn } from './templates/markers.js';
import type { TableRef } from './types.js';

/** A relation of a FROM clause. */
export interface Entry {
  /** The key of its alias or of its own name. */
  alias?: string;
  /** The keys of its whole name, where it has no alias: `schema.table.column` is then a way to name a column. */
  path?: readonly string[];
  relation: Relation;
  /** A bare column name never means this one: the right side of a semi join. */
  hidden?: boolean;
  /** Columns that a join with USING has merged into those before it. */
  joined?: readonly string[];
}

/** The table that an UPDATE, DELETE or MERGE changes, while its FROM clause is looked at. */
export interface Target {
  /** The key of its name or alias there. */
  alias: string;
  /** Set as soon as it is found. */
  table: TableRef | undefined;
}

/** What names mean in one query. */
export interface Scope {
  findings: Findings;
  parent?: Scope;
  entries: Entry[];
  ctes: Map<string, Relation>;
  /** Names of earlier columns of the SELECT, of scalar CTEs and of lambda parameters. */
  aliases: Map<string, Flow>;
  /** Columns of USING. */
  merged: Map<string, Flow>;
  windows: Map<string, Flow>;
  targets: readonly Target[];
  /** Resolves a query inside an expression; handed on so that expressions and queries need not import each other. */
  resolve(node: unknown, scope: Scope): Relation;
}

/** The scope of what stands inside another scope: a subquery, or a parenthesis of FROM. */
export const innerScope = ({ findings, resolve }: Pick<Scope, 'findings' | 'resolve'>, parent?: Scope): Scope => ({
  findings,
  resolve,
  ...(parent ? { parent } : {}),
  entries: [],
  ctes: new Map(),
  aliases: new Map(),
  merged: new Map(),
  windows: new Map(),
  targets: [],
});

/** Names that look like columns and are none. */
const pseudoColumns = new Set(
  'ROWNUM LEVEL SYSDATE SYSTIMESTAMP USER CURRENT_USER SESSION_USER SYSTEM_USER CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP CURRENT_SCHEMA CURRENT_CATALOG UID TRUE FALSE NULL DEFAULT _TABLE_SUFFIX _PARTITIONTIME _PARTITIONDATE UNKNOWN'.split(
    ' ',
  ),
);
const dateParts = new Set(
  'MICROSECOND MILLISECOND SECOND MINUTE HOUR DAY DAYOFWEEK DAYOFYEAR WEEK ISOWEEK MONTH QUARTER YEAR ISOYEAR YY YYYY MM DD HH MI SS MS QQ WK DW SQL_TSI_DAY SQL_TSI_HOUR SQL_TSI_MONTH'.split(
    ' ',
  ),
);

/** Where the value of an expression, or of each of a list, comes from. Subqueries in it are resolved, and so read. */
export function flowOf(value: unknown, scope: Scope): Flow {
  const flows: Flow[] = [];
  collect(value, scope, flows);
  return merge(flows.filter(({ sources, problems }) => sources.length > 0 || problems.length > 0));
}

function collect(value: unknown, scope: Scope, flows: Flow[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, scope, flows);
    return;
  }
  if (!isNode(value)) return;
  for (const key in value) {
    const content = value[key];
    if (typeof content !== 'object' || content === null || key === 'span') continue;
    if (isNode(content) && collectSpecial(key, content, scope, flows)) continue;
    collect(content, scope, flows);
  }
}

/** Handles the kinds of nodes that mean more than what is in them. */
function collectSpecial(kind: string, content: Node, scope: Scope, flows: Flow[]): boolean {
  switch (kind) {
    case 'column':
      if (!('name' in content)) return false;
      flows.push(resolveChain([content.table, content.name].map(identifier).filter(isDefined), scope));
      return true;
    case 'dot': {
      const chain = chainOf({ dot: content });
      if (!chain) return false;
      flows.push(resolveChain(chain, scope));
      return true;
    }
    case 'select':
    case 'union':
    case 'intersect':
    case 'except':
    case 'subquery': {
      const { outputs } = scope.resolve({ [kind]: content }, scope);
      for (const output of outputs) if (output.type === 'column') flows.push(output.flow);
      return true;
    }
    case 'exists':
      scope.resolve(content.this, scope);
      return true;
    case 'lambda': {
      const parameters = listAt(content, 'parameters').map(identifier).filter(isDefined);
      const own: Scope = {
        ...scope,
        parent: scope,
        entries: [
          {
            relation: {
              outputs: parameters.map((name) => ({
                type: 'column',
                name: columnName(name, scope.findings.rules),
                flow: nothing,
              })),
            },
          },
        ],
      };
      collect(content.body, own, flows);
      return true;
    }
    case 'comprehension': {
      const variable = identifier(unwrap(content.expression)[1].name);
      const own: Scope = {
        ...scope,
        parent: scope,
        entries: variable
          ? [
              {
                relation: {
                  outputs: [{ type: 'column', name: columnName(variable, scope.findings.rules), flow: nothing }],
                },
              },
            ]
          : [],
      };
      collect(content.iterator, scope, flows);
      collect([content.this, content.condition], own, flows);
      return true;
    }
    case 'function': {
      const args = listAt(content, 'args');
      const part = /^timestamp(?:diff|add)$/i.test(String(content.name)) && dateParts.has(bareName(args[0]) ?? '');
      collect(part ? args.slice(1) : args, scope, flows);
      collect({ ...content, args: [] }, scope, flows);
      return true;
    }
    case 'over': {
      const name = identifier(content.window_name);
      const window = name && scope.windows.get(scope.findings.key(columnName(name, scope.findings.rules)));
      if (window) flows.push(window);
      return false;
    }
    case 'parameter':
      if (scope.findings.rules.parser === 'snowflake' && typeof content.index === 'number')
        flows.push(unqualified(`$${content.index}`, scope));
      return true;
    case 'to':
    case 'data_type':
      return true;
    default:
      return false;
  }
}

const isDefined = <T>(value: T | undefined): value is T => value !== undefined;

function bareName(node: unknown): string | undefined {
  const [kind, content] = unwrap(node);
  return kind === 'column' && !isNode(content.table) ? identifier(content.name)?.text.toUpperCase() : undefined;
}

/** The names of `a.b.c`; undefined where it is a field of something that is no column. */
function chainOf(node: unknown): WrittenName[] | undefined {
  const [kind, content] = unwrap(node);
  if (kind === 'column') return [content.table, content.name].map(identifier).filter(isDefined);
  if (kind !== 'dot') return undefined;
  const before = chainOf(content.this);
  const field = identifier(content.field);
  return before && field ? [...before, field] : undefined;
}

/** The relation that names before a column stand for, and how many of them. */
export function qualified(
  parts: readonly WrittenName[],
  scope: Scope,
): { relation: Relation; used: number } | undefined {
  const { findings } = scope;
  const keys = parts.map((part) => findings.key(tableName(part, findings.rules)));
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const byAlias = at.entries.find(({ alias }) => alias === keys[0]);
    const byPath = at.entries.find(
      ({ path = [] }) => path.length > 1 && path.every((name, place) => name === keys[place]),
    );
    if (byPath?.path) return { relation: byPath.relation, used: byPath.path.length };
    const shorter = at.entries.find(
      ({ path = [] }) => path.length > 2 && path.slice(1).every((name, place) => name === keys[place]),
    );
    if (shorter?.path) return { relation: shorter.relation, used: shorter.path.length - 1 };
    if (byAlias) return { relation: byAlias.relation, used: 1 };
  }
  const special = findings.relations.get((keys[0] ?? '').toLowerCase());
  return special ? { relation: special, used: 1 } : undefined;
}

/** What a name of several parts means: a column of a relation, a field of a column, or nothing that is known. */
export function resolveChain(parts: readonly WrittenName[], scope: Scope): Flow {
  const { findings } = scope;
  const { rules } = findings;
  const written = parts.map(({ text }) => text).join('.');
  const [template] = markersIn(written, findings.session.markers);
  if (template) return { sources: [], problems: [`what {{ ${template.expression} }} stands for is not known`] };
  const [first, last] = [parts[0], parts.at(-1)];
  if (!first || !last) return nothing;
  if (parts.length > 1) {
    if (/^(?:nextval|currval)$/i.test(last.text)) return nothing;
    const found = qualified(parts, scope);
    const name = found && parts[found.used];
    if (found && name) {
      const inside = lookUp(found.relation, columnName(name, rules), rules);
      if (inside) return inside.flow;
      if (found.relation.row) return found.relation.row;
      return { sources: [], problems: [`${written} is no column of what it names`] };
    }
    if (!rules.structs) return { sources: [], problems: [`${written} is of no table in FROM`] };
  }
  return unqualified(columnName(first, rules), scope, first.quoted);
}

/** What a bare column name means. */
export function unqualified(name: string, scope: Scope, quoted = false): Flow {
  const { findings } = scope;
  const { rules } = findings;
  if (/^#\d+$/.test(name)) return { sources: [], problems: ['a column is named by its position'] };
  const key = findings.key(name);
  const merged = scope.merged.get(key);
  if (merged) return merged;
  const open: Flow[] = [];
  const rest: Flow[] = [];
  for (const { relation, hidden } of scope.entries) {
    if (hidden) continue;
    const found = lookUp(relation, name, rules);
    if (found?.known) return found.flow;
    if (found) (relation.row ? rest : open).push(found.flow);
  }
  const row = scope.entries.find(({ alias, relation }) => alias === key && relation.row)?.relation.row;
  if (row) return row;
  const alias = scope.aliases.get(key);
  if (alias && !alias.sources.some(({ column }) => findings.key(column) === key)) return alias;
  if (!quoted && (pseudoColumns.has(name.toUpperCase()) || /^METADATA\$/i.test(name) || /^[@$][^\d]/.test(name)))
    return nothing;
  const candidates = open.length > 0 ? open : rest;
  if (candidates.length === 1) return candidates[0] ?? nothing;
  if (candidates.length > 1) return { sources: [], problems: [`column ${name} could belong to several tables`] };
  if (scope.parent) return unqualified(name, scope.parent, quoted);
  return { sources: [], problems: [`column ${name} belongs to no table in FROM`] };
}
