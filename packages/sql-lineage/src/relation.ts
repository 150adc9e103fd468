import { type DialectRules, nameKey } from './dialects.js';
import type { TableRef } from './types.js';

/** A column of a table that a value comes from. */
export interface Source {
  table: TableRef;
  column: string;
  /** Its name is taken over from a column in the same place of another branch. */
  assumed: boolean;
}

/** Where a value comes from, and what is not known about that. */
export interface Flow {
  sources: readonly Source[];
  problems: readonly string[];
}

export const nothing: Flow = { sources: [], problems: [] };

/** A part of what a query gives, in the order of its columns. */
export type Output =
  /** One column; without a name where only the database knows it. */
  | { type: 'column'; name?: string; flow: Flow; expression?: string }
  /** All columns of a table whose columns are not known, or of several tables with the same columns. */
  | { type: 'star'; tables: readonly { table: TableRef; assumed: boolean }[]; except: readonly string[] }
  /** Any other column, whatever it is called. */
  | {
      type: 'rest';
      flow: Flow;
      /** Names that are known to be among them. */
      names?: readonly string[];
    };

/** What stands in a FROM clause: its columns, as far as they are known. */
export interface Relation {
  outputs: readonly Output[];
  /** The value of its alias itself, e.g. of an array's element. */
  row?: Flow;
}

export const tableId = ({ database = '', schema = '', name, file }: TableRef): string =>
  file === undefined ? [database, schema, name].join('\u0000') : `\u0001${file}`;

export const ofTable = (...tables: readonly TableRef[]): Relation => ({
  outputs: [{ type: 'star', tables: tables.map((table) => ({ table, assumed: false })), except: [] }],
});

/** A relation about whose columns only this is known. */
export const ofFlow = (flow: Flow): Relation => ({ outputs: [{ type: 'rest', flow }], row: flow });

/** With more of them, each merge would cost as much as all before it; nobody reads such an edge. */
const maximalSources = 500;
const maximalOutputs = 5_000;

/** The outputs without a second `*` of the same table; `SELECT * FROM t a, t b` in a chain of CTEs would double them each time. */
export function limited(outputs: readonly Output[]): Output[] {
  const seen = new Set<string>();
  const kept = outputs.filter((output) => {
    if (output.type !== 'star') return true;
    const id = [...output.tables.map(({ table }) => tableId(table)), '', ...output.except].join('\u0002');
    return !seen.has(id) && seen.add(id);
  });
  if (kept.length <= maximalOutputs) return kept;
  return [{ type: 'rest', flow: { sources: [], problems: [`a query gives more than ${maximalOutputs} columns`] } }];
}

export function merge(flows: readonly Flow[]): Flow {
  const [first] = flows;
  if (flows.length <= 1) return first ?? nothing;
  const sources = new Map<string, Source>();
  for (const { sources: more } of flows)
    for (const source of more) {
      const id = `${tableId(source.table)}\u0000${source.column}`;
      if (!sources.has(id) || !source.assumed) sources.set(id, source);
    }
  const problems = new Set(flows.flatMap((flow) => flow.problems));
  if (sources.size <= maximalSources) return { sources: [...sources.values()], problems: [...problems] };
  problems.add(`more than ${maximalSources} columns flow into one`);
  return { sources: [...sources.values()].slice(0, maximalSources), problems: [...problems] };
}

/** A column of a relation by its name, and whether the relation is known to have it. */
export function lookUp(
  relation: Relation,
  name: string,
  rules: DialectRules,
): { flow: Flow; known: boolean } | undefined {
  const key = nameKey(name, rules);
  const rest: Flow[] = [];
  for (const output of relation.outputs) {
    if (output.type === 'column') {
      if (output.name !== undefined && nameKey(output.name, rules) === key) return { flow: output.flow, known: true };
    } else if (output.type === 'rest') {
      if (output.names?.some((known) => nameKey(known, rules) === key)) return { flow: output.flow, known: true };
      rest.push(output.flow);
    } else if (!output.except.some((excepted) => nameKey(excepted, rules) === key))
      rest.push({
        sources: output.tables.map(({ table, assumed }) => ({ table, column: name, assumed })),
        problems: [],
      });
  }
  if (rest.length === 0) return undefined;
  if (rest.length === 1) return { flow: rest[0] ?? nothing, known: false };
  return { flow: { sources: [], problems: [`column ${name} could belong to several tables`] }, known: false };
}

/** The relation with other names for its first columns. */
export function renamed(relation: Relation, names: readonly string[]): Relation {
  if (names.length === 0) return relation;
  const [only] = relation.outputs;
  if (relation.outputs.length === 1 && only?.type === 'rest')
    return { outputs: names.map((name) => ({ type: 'column', name, flow: only.flow })), row: only.flow };
  let place = 0;
  let known = true;
  const outputs = relation.outputs.map((output): Output => {
    if (output.type !== 'column') known = false;
    const name = names[place++];
    if (known && output.type === 'column') return name === undefined ? output : { ...output, name };
    return { type: 'rest', flow: { sources: [], problems: ['the columns of * are given other names'] } };
  });
  return { outputs };
}
