import { Findings, type Session } from './context.js';
import type { Cursor } from './cursor.js';
import { type DialectRules, dialects, type WrittenName } from './dialects.js';
import { takeName } from './names.js';
import { loadParser } from './parser.js';
import { tableId } from './relation.js';
import { split } from './split.js';
import { createdHead } from './statements/create.js';
import { droppedNames, moves } from './statements/definition.js';
import { analyseStatement } from './statements/statement.js';
import { renderTemplates } from './templates/render.js';
import { tokenize } from './tokens.js';
import type { AnalyseOptions, ColumnEdge, ColumnRef, SqlAnalysis, SqlStatement } from './types.js';
import { newWork } from './work.js';

/** The most that one call looks at. */
export const limits = {
  /** Characters of the text, before and after its templates are rendered. */
  characters: 1_000_000,
  statements: 5_000,
  /** Tokens of one query that the parser is given; longer ones are read by their words. */
  queryTokens: 10_000,
  /** Tokens that the parser is given in all. */
  tokens: 250_000,
} as const;

/** Tokens looked at since others last had their turn, in all calls: a caller with a thousand short texts must not keep it either. */
let sincePause = 0;
/** That many take about ten milliseconds. */
const tokensPerTurn = 5_000;
/** What a statement costs besides its queries. */
const tokensPerStatement = 100;

const failed = (reason: string): SqlStatement => ({
  kind: 'other',
  reads: [],
  writes: [],
  columns: [],
  confidence: 'failed',
  reason,
});

/**
 * What a SQL text reads and writes, statement by statement.
 *
 * Nothing in the text makes it throw: what is not understood is in the result, with a reason. It looks at no more than 1 MB of text and
 * 5,000 statements; what is beyond that is one more statement with the confidence `failed`. The first call loads the parser, which takes
 * about a quarter of a second.
 *
 * Rejects with a `RangeError` for an unknown dialect, and with the parser's error if that cannot be loaded.
 */
export async function analyseSql(sql: string, options: AnalyseOptions): Promise<SqlAnalysis> {
  const rules: DialectRules | undefined = Object.hasOwn(dialects, options.dialect)
    ? dialects[options.dialect]
    : undefined;
  if (!rules) throw new RangeError(`unknown SQL dialect: ${String(options.dialect).slice(0, 40)}`);
  const parser = await loadParser();
  if (sql.length > limits.characters) return { statements: [failed('the text is longer than 1 MB')] };
  const rendered = options.templates
    ? renderTemplates(sql, options.templates)
    : { sql, unresolved: [], conditions: [] };
  if (rendered.sql.length > limits.characters)
    return { statements: [failed('the text is longer than 1 MB once its templates are rendered')] };
  const tokens = tokenize(rendered.sql, rules);
  const all = split(rendered.sql, tokens, rules);
  const cursors = all.slice(0, limits.statements);
  let budget: number = limits.tokens;
  const session: Session = {
    rules,
    ...(options.defaultDatabase === undefined ? {} : { defaultDatabase: options.defaultDatabase }),
    ...(options.defaultSchema === undefined ? {} : { defaultSchema: options.defaultSchema }),
    temporaries: new Map(),
    definitions: new Map(),
    passing: new Set(),
    markers: new Map(rendered.unresolved.map((marker) => [marker.placeholder, marker])),
    parse(text) {
      // Four characters a token is what SQL has at least; the exact number would cost a second reading.
      const size = Math.ceil(text.length / 4);
      if (size > limits.queryTokens || size > budget) return undefined;
      budget -= size;
      sincePause += size;
      return parser.parse(text, rules.parser);
    },
  };
  session.passing = passingTables(cursors, session);
  const statements: SqlStatement[] = [];
  for (const cursor of cursors) {
    sincePause += tokensPerStatement;
    if (sincePause > tokensPerTurn) {
      sincePause = 0;
      await new Promise((resolve) => setTimeout(resolve));
    }
    statements.push(...analyseOne(cursor, session, rendered));
  }
  if (all.length > cursors.length)
    statements.push(failed(`the text has more than 5,000 statements; ${all.length - cursors.length} were left out`));
  return { statements };
}

function analyseOne(
  cursor: Cursor,
  session: Session,
  rendered: { sql: string; conditions: readonly { from: number; to: number; expression: string }[] },
): SqlStatement[] {
  const findings = new Findings(session);
  const work = newWork(findings);
  try {
    analyseStatement(work, cursor.between(cursor.at, cursor.end));
  } catch {
    findings.problem('this statement is too deep or too odd to be understood');
  }
  const [first, last] = [cursor.tokens[cursor.at], cursor.tokens[cursor.end - 1]];
  for (const { from, to, expression } of rendered.conditions)
    if (first && last && from <= last.end && to >= first.start)
      findings.problem(`whether {{ ${expression} }} holds is not known`);
  for (const table of work.filled) {
    const temporary = findings.temporary(table);
    for (const [id, read] of findings.reads) temporary?.reads.set(id, read);
  }
  const problems = [...findings.problems];
  const reason = problems.join('; ');
  const empty = findings.reads.size === 0 && findings.writes.size === 0;
  return [
    {
      kind: work.kind,
      reads: [...findings.reads.values()],
      writes: [...findings.writes.values()],
      columns: withoutRepetition([...work.edges.values()]),
      confidence: problems.length === 0 ? 'exact' : work.failed && empty ? 'failed' : 'partial',
      ...(problems.length === 0 ? {} : { reason: reason.length > 500 ? `${reason.slice(0, 499)}…` : reason }),
    },
  ];
}

/** Leaves out assumed edges of which another one is certain. */
function withoutRepetition(edges: readonly ColumnEdge[]): ColumnEdge[] {
  const idOf = ({ table, column }: ColumnRef) => `${tableId(table)}\u0000${column}`;
  const certain = new Map(
    edges.filter(({ assumed }) => !assumed).map((edge) => [idOf(edge.to), new Set(edge.from.map(idOf))]),
  );
  return edges.filter(({ assumed, from, to, except }) => {
    const known = certain.get(idOf(to));
    return !assumed || except || !known || from.some((source) => !known.has(idOf(source)));
  });
}

/** The tables that a script creates and, later, drops or renames. */
function passingTables(cursors: readonly Cursor[], session: Session): Set<string> {
  const passing = new Set<string>();
  const created = new Set<string>();
  const trial: Session = { ...session, passing: new Set() };
  const idOf = (name: readonly WrittenName[] | undefined): string | undefined => {
    const table = name && new Findings(trial).table(name);
    return table && tableId(table).toLowerCase();
  };
  for (const cursor of cursors) {
    const walk = cursor.between(cursor.at, cursor.end);
    const key = walk.peek()?.key;
    const gone: (string | undefined)[] = [];
    if (key === 'USE' || key === 'SET') analyseStatement(newWork(new Findings(trial)), walk);
    else if (key === 'CREATE') {
      const { what, name } = createdHead(walk, session.rules);
      const id = idOf(name);
      if (what === 'table' && id !== undefined) {
        created.add(id);
        passing.delete(id);
      }
    } else if (key === 'SELECT' && walk.find('INTO') < walk.end) {
      walk.at = walk.find('INTO') + 1;
      const id = idOf(takeName(walk, session.rules));
      if (id !== undefined) created.add(id);
    } else if (key === 'DROP') gone.push(...droppedNames(walk, session.rules).map(idOf));
    else if (key === 'ALTER' || key === 'RENAME')
      gone.push(
        ...moves(walk, session.rules)
          .filter(({ swapped }) => !swapped)
          .map(({ from }) => idOf(from)),
      );
    for (const id of gone) if (id !== undefined && created.has(id)) passing.add(id);
  }
  return passing;
}
