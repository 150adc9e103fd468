import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fencesIn } from '../src/fences.js';
import { files, root, text } from '../src/pages.js';
import { typeProblems } from '../src/types.js';

/** Pages whose examples do not compile as they stand there: what is objected to, and why that is right. */
const incomplete: Record<string, { objection: RegExp; why: string }> = {
  'docs/architecture.md': {
    objection: /Cannot find name '(?:Pipeline|Run|LineageEdge|LineageGap|Scope|Cursor)'/,
    why: 'it shows one type of the contract without those that it is made of',
  },
  'docs/writing-a-connector.md': {
    objection: /./,
    why: 'each part needs the parts before; packages/create-connector/test/tutorial.test.ts follows the page',
  },
  'packages/connector/README.md': {
    objection: /Cannot find module '\.\/acme\.js'/,
    why: 'acme is the connector of whoever reads it',
  },
  'packages/sandbox/README.md': { objection: /./, why: 'a rule of faults is shown alone' },
};
/** Examples of packages that use what only another one may import. */
const seenFrom: Record<string, string> = { 'packages/ingestion/README.md': 'apps/runner' };

const example = ({ file, line, code }: { file: string; line: number; code: string }) => ({
  name: `${file}:${line}`,
  file: join(root, seenFrom[file] ?? dirname(file), `example-${line}.ts`),
  // Without imports it would share its names with all others.
  text: `${code}\nexport {};\n`,
});

describe('the TypeScript that the documentation shows', () => {
  it('compiles, or says why not', { timeout: 600_000 }, () => {
    const examples = files.flatMap((file) =>
      fencesIn(file, text(file))
        .filter(({ language }) => language === 'ts')
        .map(({ line, text: code }) => example({ file, line, code })),
    );
    expect(examples.length).toBeGreaterThan(20);
    const wrong = example({
      file: 'packages/redact/README.md',
      line: 0,
      code: "import { redactText } from '@flowmeta/redact';\nredactText(1);",
    });
    const problems = typeProblems([...examples, wrong]);
    const known = Object.entries(incomplete);
    const isKnown = (problem: string) =>
      known.some(([file, { objection }]) => problem.startsWith(`${file}:`) && objection.test(problem));
    expect(problems.filter((problem) => !isKnown(problem))).toEqual([
      expect.stringMatching(/^packages\/redact\/README\.md:0: .*'number'/),
    ]);
    expect(
      known.filter(([file]) => !problems.some((problem) => problem.startsWith(`${file}:`))),
      'needs no exception any more',
    ).toEqual([]);
  });
});
