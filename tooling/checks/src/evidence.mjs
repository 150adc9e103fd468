// Fails when a claim of docs/evidence.md names no test, or one that is not there or failed.
//   node evidence.mjs VITEST_JSON
import { readFileSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The claims of the page: `{ claim, line, tests: [{ file, name, line }] }`. */
export function readClaims(markdown) {
  const claims = [];
  for (const [index, text] of markdown.split('\n').entries()) {
    const line = index + 1;
    const claim = /^- (.+)$/.exec(text)?.[1];
    if (claim !== undefined) claims.push({ claim, line, tests: [] });
    const test = /^ {2}- `([^`]+)`: (.+)$/.exec(text);
    if (test) claims.at(-1)?.tests.push({ file: test[1], name: test[2], line });
    else if (/^\s+-/.test(text)) throw new Error(`line ${line} of the page names no test: ${text.trim()}`);
  }
  return claims;
}

/** What is wrong with the claims, given all tests that ran: `{ file, name, status }`. */
export function problemsOf(claims, tests) {
  const problems = [];
  for (const { claim, line, tests: named } of claims) {
    if (named.length === 0) problems.push(`line ${line}: no test for "${claim}"`);
    for (const { file, name, line } of named) {
      const pattern = new RegExp(`^${name.split('*').map(escapeText).join('.*')}$`, 's');
      const found = tests.filter((test) => test.file === file && pattern.test(test.name));
      if (found.length === 0) problems.push(`line ${line}: there is no such test: ${file}: ${name}`);
      const failed = found.filter(({ status }) => status === 'failed');
      for (const test of failed) problems.push(`line ${line}: failed: ${file}: ${test.name}`);
    }
  }
  return problems;
}

function escapeText(text) {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function testsOf(report) {
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title, status }) => ({
      file: relative(realpathSync(root), name),
      name: [...ancestorTitles, title].join(' > '),
      status,
    })),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const report = process.argv[2];
  if (!report) {
    console.error('Name the JSON report of a test run: FLOWMETA_TEST_REPORT=tests.json npx -y pnpm@10.34.9 test');
    process.exit(2);
  }
  const claims = readClaims(readFileSync(join(root, 'docs/evidence.md'), 'utf8'));
  const problems = problemsOf(claims, testsOf(JSON.parse(readFileSync(report, 'utf8'))));
  for (const problem of problems) console.error(problem);
  const named = claims.reduce((sum, { tests }) => sum + tests.length, 0);
  if (problems.length === 0) console.log(`${claims.length} claims, ${named} names of tests`);
  process.exit(problems.length > 0 || claims.length === 0 ? 1 : 0);
}
