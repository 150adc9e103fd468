import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { analyseSql, limits, renderTemplates, type SqlDialect } from '../src/index.js';
import { expectations } from './expectation.js';

const dialects = [...new Set(expectations().map(({ dialect }) => dialect))] as SqlDialect[];
const kinds = new Set(['exact', 'partial', 'failed']);

/** Every statement of a result says what it must, whatever the text was. */
async function holds(sql: string, dialect: SqlDialect): Promise<void> {
  const { statements } = await analyseSql(sql, { dialect, templates: {} });
  expect(statements.length).toBeLessThanOrEqual(limits.statements + 1);
  for (const { confidence, reason, columns, reads, writes } of statements) {
    expect(kinds).toContain(confidence);
    expect(reason === undefined).toBe(confidence === 'exact');
    for (const table of [...reads, ...writes]) expect(typeof table.name).toBe('string');
    for (const { from, to } of columns) {
      expect(from.length).toBeGreaterThan(0);
      expect(writes).toContainEqual(to.table);
      for (const source of from) expect(reads).toContainEqual(source.table);
    }
  }
}

beforeAll(async () => {
  await analyseSql('', { dialect: 'postgres' });
});

const word = fc.constantFrom(
  ...'SELECT FROM WHERE INSERT INTO VALUES UPDATE SET DELETE MERGE USING ON WHEN MATCHED THEN NOT WITH AS ( ) , ; . * = \' " ` [ ] { } {{ }} {% %} # -- /* */ $$ @ :: -> a b t.x 1 CREATE TABLE VIEW TEMP DROP ALTER RENAME TO COPY UNLOAD UNION ALL JOIN LATERAL UNNEST CASE END BEGIN IF ELSE LOOP DECLARE GO CALL EXEC RETURNING OUTPUT CONFLICT DO OVER PARTITION BY if for endif endfor in raw'.split(
    ' ',
  ),
  '\n',
  '\\',
);

describe('whatever the text is, there is an answer', () => {
  test('words of SQL in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 60 }), fc.constantFrom(...dialects), (words, dialect) =>
        holds(words.join(' '), dialect),
      ),
      { numRuns: 600 },
    );
  });

  test('any characters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), fc.constantFrom(...dialects), holds),
      { numRuns: 400 },
    );
  });

  test('statements that end too early, or have lost a piece', async () => {
    const all = expectations();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...all),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(30),
        async (one, place, gap) => {
          const at = Math.floor(one.sql.length * place);
          await holds(one.sql.slice(0, at), one.dialect as SqlDialect);
          await holds(one.sql.slice(0, at) + one.sql.slice(at + gap), one.dialect as SqlDialect);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('statements in the words of another dialect', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...expectations()), fc.constantFrom(...dialects), (one, dialect) =>
        holds(one.sql, dialect),
      ),
      { numRuns: 600 },
    );
  });
});

const repeated = (text: string, count: number): string => text.repeat(count);

describe('size and depth', () => {
  test.each([
    ['parentheses', `SELECT ${repeated('(', 50_000)}1${repeated(')', 50_000)}`],
    ['parentheses that stay open', `INSERT INTO t SELECT ${repeated('(', 200_000)}`],
    ['subqueries', `INSERT INTO t (a) ${repeated('SELECT a FROM (', 2_000)}SELECT a FROM s${repeated(') x', 2_000)}`],
    ['sums', `INSERT INTO t (a) SELECT ${repeated('a + ', 20_000)}1 FROM s`],
    ['unions', `INSERT INTO t (a) SELECT a FROM s${repeated(' UNION ALL SELECT a FROM s', 5_000)}`],
    ['cases', `INSERT INTO t (a) SELECT ${repeated('CASE WHEN a THEN ', 5_000)}1${repeated(' END', 5_000)} FROM s`],
    ['blocks', repeated('BEGIN ', 20_000)],
    [
      'ctes',
      `WITH ${Array.from({ length: 3_000 }, (_, place) => `c${place} AS (SELECT a FROM s)`).join(', ')} SELECT 1`,
    ],
    ['whens', `MERGE INTO t USING s ON t.a = s.a ${repeated('WHEN MATCHED THEN UPDATE SET a = s.a ', 2_000)}`],
    ['quotes', repeated("'", 100_001)],
    ['brackets', repeated('[', 100_000)],
    ['dollars', repeated('$a', 100_000)],
    ['comments', repeated('/*', 100_000)],
    ['dots', repeated('a.', 100_000)],
    ['braces', repeated('{{ ', 100_000)],
    ['loops', `${repeated('{% for a in [1,2,3,4,5,6,7,8,9] %}', 60)}x${repeated('{% endfor %}', 60)}`],
    ['conditions', repeated('{% if a %}', 50_000)],
    ['a template of brackets', `{{ ${repeated('[', 9_000)} }}`],
    [
      'a template that grows',
      `{% set a = 'aaaaaaaaaa' %}${repeated("{% set a = a | replace({'a': 'aaaaaaaaaa'}) %}", 12)}{{ a }}`,
    ],
    ['semicolons', repeated(';', 500_000)],
    ['one long name', `SELECT * FROM ${repeated('a', 900_000)}`],
    ['bracketed lists', `INSERT INTO t (${repeated('a,', 100_000)}a) VALUES (1)`],
  ])('%s without end', async (_, sql) => {
    for (const dialect of ['postgres', 'sqlserver', 'snowflake'] as const) await holds(sql, dialect);
  });

  test('a megabyte of statements is looked at, what is beyond is reported', async () => {
    const one = 'INSERT INTO mart.t (a, b) SELECT x, y FROM raw.s WHERE z = 1;\n';
    const { statements } = await analyseSql(repeated(one, 5_200), { dialect: 'postgres' });
    expect(statements).toHaveLength(5_001);
    expect(statements[4_999]).toMatchObject({ kind: 'insert', confidence: 'exact' });
    expect(statements[5_000]).toMatchObject({
      confidence: 'failed',
      reason: expect.stringContaining('200 were left out'),
    });
  });

  test('a text of more than a megabyte is refused', async () => {
    const { statements } = await analyseSql(repeated('SELECT 1;', 120_000), { dialect: 'postgres' });
    expect(statements).toEqual([
      expect.objectContaining({ confidence: 'failed', reason: expect.stringContaining('1 MB') }),
    ]);
  });

  test('an insert of very many values is still an insert', async () => {
    const sql = `INSERT INTO mart.t (a, b) VALUES ${Array.from({ length: 50_000 }, (_, place) => `(${place}, 'x;y')`).join(', ')}`;
    const { statements } = await analyseSql(sql, { dialect: 'mysql' });
    expect(statements).toMatchObject([
      { kind: 'insert', confidence: 'exact', writes: [{ schema: 'mart', name: 't' }] },
    ]);
  });

  test('a query too long for the parser is read by its words', async () => {
    const sql = `INSERT INTO mart.t (a) SELECT a FROM raw.s WHERE a IN (${Array.from({ length: 40_000 }, (_, place) => place).join(', ')})`;
    const { statements } = await analyseSql(sql, { dialect: 'postgres' });
    expect(statements).toMatchObject([
      {
        kind: 'insert',
        confidence: 'partial',
        reads: [{ schema: 'raw', name: 's' }],
        writes: [{ schema: 'mart', name: 't' }],
      },
    ]);
  });
});

test('any template is rendered to something, and what is no template stays as it is', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), (words) => {
      const { sql, unresolved } = renderTemplates(words.join(' '), { inputs: { a: 'x' } });
      for (const { placeholder } of unresolved) expect(sql).toContain(placeholder);
      if (!words.some((piece) => piece.includes('{'))) expect(sql).toBe(words.join(' '));
    }),
    { numRuns: 1_000 },
  );
});

test('an unknown dialect is an error of the caller', async () => {
  await expect(analyseSql('SELECT 1', { dialect: 'dbase' as SqlDialect })).rejects.toThrow(
    'unknown SQL dialect: dbase',
  );
});
