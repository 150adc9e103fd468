import { type AnalyseOptions, analyseSql } from '../src/index.js';
import { described } from './describe.js';
import { type Expectation, type ExpectedStatement, expectations } from './expectation.js';

/** How many statements came out as they should, of how many that say something about it. */
export interface Score {
  tables: { right: number; of: number };
  columns: { right: number; of: number };
  kinds: { right: number; of: number };
  confidence: { right: number; of: number };
  /** What is wrong, a few lines for each statement. */
  misses: string[];
}

const same = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((value, place) => value === other[place]);

const nothing: ExpectedStatement = { kind: '', reads: [], writes: [], columns: [], confidence: 'failed', reason: '' };

/** Analyses every expectation and counts. A statement's tables are right if all of them are, and no others; so are its columns. */
export async function score(choose: (expectation: Expectation) => boolean = () => true): Promise<Score> {
  const result: Score = {
    tables: { right: 0, of: 0 },
    columns: { right: 0, of: 0 },
    kinds: { right: 0, of: 0 },
    confidence: { right: 0, of: 0 },
    misses: [],
  };
  for (const expectation of expectations().filter(choose)) {
    const options = { ...expectation.options, dialect: expectation.dialect } as AnalyseOptions;
    const found = (await analyseSql(expectation.sql, options)).statements.map(described);
    const count = Math.max(found.length, expectation.statements.length);
    for (let place = 0; place < count; place++) {
      const expected = expectation.statements[place] ?? nothing;
      const actual = found[place] ?? nothing;
      const check = (what: 'tables' | 'columns' | 'kinds' | 'confidence', right: boolean, detail: () => string) => {
        result[what].of++;
        if (right) result[what].right++;
        else result.misses.push(`${what} ${expectation.name} [${place + 1}] ${detail()}`);
      };
      const missing = found[place] === undefined || expectation.statements[place] === undefined;
      check(
        'tables',
        !missing && same(expected.reads, actual.reads) && same(expected.writes, actual.writes),
        () =>
          `\n  expected ${expected.reads} => ${expected.writes}\n  found    ${actual.reads} => ${actual.writes}; ${actual.reason}`,
      );
      if (expected.columns.length > 0 || actual.columns.length > 0)
        check(
          'columns',
          same(expected.columns, actual.columns),
          () =>
            `\n  expected ${expected.columns.join('\n           ')}\n  found    ${actual.columns.join('\n           ')}; ${actual.reason}`,
        );
      check('kinds', expected.kind === actual.kind, () => `${expected.kind} / ${actual.kind}`);
      check(
        'confidence',
        expected.confidence === actual.confidence &&
          actual.reason.toLowerCase().includes(expected.reason.toLowerCase()),
        () => `expected ${expected.confidence} ${expected.reason} / found ${actual.confidence} ${actual.reason}`,
      );
    }
  }
  return result;
}
