import { describe, expect, it } from 'vitest';
import { problemsOf, readClaims } from '../src/evidence.mjs';

const page = `# Page

- It holds (always).
  - \`a.test.ts\`: it > holds in *, by ".+"
- It says so.
  - \`a.test.ts\`: it > says so
  - \`b.test.ts\`: it > says so
`;
const tests = [
  { file: 'a.test.ts', name: 'it > holds in 1.2, by ".+"', status: 'passed' },
  { file: 'a.test.ts', name: 'it > holds in 2.0, by ".+"', status: 'passed' },
  { file: 'a.test.ts', name: 'it > says so', status: 'passed' },
  { file: 'b.test.ts', name: 'it > says so', status: 'skipped' },
];
const problems = (text: string, ran = tests) => problemsOf(readClaims(text), ran);

describe('the page of evidence', () => {
  it('is right when each claim has a test that is there', () => {
    expect(problems(page)).toEqual([]);
  });

  it('is wrong when a test is not there under its name, in its file', () => {
    expect(problems(page.replace('holds in *', 'holds at *'))).toEqual([expect.stringMatching(/line 4: there is no/)]);
    expect(problems(page.replace('b.test', 'c.test'))).toEqual([expect.stringMatching(/line 7: there is no/)]);
    expect(problems(page, tests.slice(0, 3))).toHaveLength(1);
    expect(problems(page.replace('says so\n  - `b', 'says\n  - `b'))).toHaveLength(1);
  });

  it('is wrong when one of the tests that a name stands for failed', () => {
    const failed = tests.map((test, index) => (index === 1 ? { ...test, status: 'failed' } : test));
    expect(problems(page, failed)).toEqual([expect.stringContaining('failed: a.test.ts: it > holds in 2.0')]);
  });

  it('is wrong when a claim has no test, or a line names none', () => {
    expect(problems(`${page}- It is fast.\n`)).toEqual(['line 8: no test for "It is fast."']);
    expect(() => problems(`${page}  - somewhere\n`)).toThrow('line 8');
  });
});
