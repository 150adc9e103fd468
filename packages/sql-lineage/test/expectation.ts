import { readdirSync, readFileSync } from 'node:fs';

/** What one statement should give; tables and edges are texts as `describe.ts` writes them, sorted. */
export interface ExpectedStatement {
  kind: string;
  reads: string[];
  writes: string[];
  columns: string[];
  confidence: 'exact' | 'partial' | 'failed';
  /** Must occur in the reason. */
  reason: string;
}

/** One statement or script with what it should give. */
export interface Expectation {
  /** `kind/dialect: title`. */
  name: string;
  kind: string;
  dialect: string;
  title: string;
  sql: string;
  options: Record<string, unknown>;
  statements: ExpectedStatement[];
}

const folder = new URL('./statements/', import.meta.url);

function options(line: string): Record<string, unknown> {
  const [, settings = '', templates] = /^! ?(.*?)(?:templates=(.*))?$/.exec(line) ?? [];
  const found: Record<string, unknown> = templates ? { templates: JSON.parse(templates) } : {};
  for (const setting of settings.split(' ').filter(Boolean)) {
    const [name, value] = setting.split('=');
    if (name === 'database') found.defaultDatabase = value;
    else if (name === 'schema') found.defaultSchema = value;
    else throw new Error(`unknown option ${setting}`);
  }
  return found;
}

const list = (text: string): string[] => text.split(', ').toSorted();

function statement(text: string): ExpectedStatement {
  const [kind = '', ...lines] = text.trim().split('\n');
  const expected: ExpectedStatement = { kind, reads: [], writes: [], columns: [], confidence: 'exact', reason: '' };
  for (const line of lines) {
    const [word = '', ...rest] = line.split(' ');
    if (word === 'reads' || word === 'writes') expected[word] = list(rest.join(' '));
    else if (word === 'partial' || word === 'failed') {
      expected.confidence = word;
      expected.reason = rest.join(' ');
    } else {
      const [, from = '', arrow, to] = /^(.+) (->|~>) (.+)$/.exec(line) ?? [];
      if (!arrow) throw new Error(`not understood: ${line}`);
      expected.columns.push(`${from.split(' + ').toSorted().join(' + ')} ${arrow} ${to}`);
    }
  }
  expected.columns.sort();
  return expected;
}

/** All expectations of `test/statements`, in the order of their files. */
export function expectations(): Expectation[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: kind }) =>
      readdirSync(new URL(`${kind}/`, folder)).flatMap((file) => {
        const dialect = file.replace('.txt', '');
        const blocks = readFileSync(new URL(`${kind}/${file}`, folder), 'utf8').split(/^=== /m);
        return blocks.slice(1).map((block): Expectation => {
          const [head = '', ...statements] = block.split(/^---\n/m);
          const [title = '', ...rest] = head.split('\n');
          const hasOptions = rest[0]?.startsWith('!') === true;
          const name = `${kind}/${dialect}: ${title}`;
          try {
            return {
              name,
              kind,
              dialect,
              title,
              sql: (hasOptions ? rest.slice(1) : rest).join('\n').trimEnd(),
              options: hasOptions ? options(rest[0] ?? '') : {},
              statements: statements.map(statement),
            };
          } catch (error) {
            throw new Error(`${name}: ${String(error)}`);
          }
        });
      }),
    );
}
