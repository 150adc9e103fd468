// Adds up a vitest JSON report and the named gates, names every skip and failure, and prints the closing line.
//   node summary.mjs VITEST_JSON GATES_FILE      (GATES_FILE: one line each, `ok NAME`, `failed NAME` or `skipped NAME`)
import { existsSync, readFileSync } from 'node:fs';

const [reportFile, gatesFile] = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };
if (existsSync(reportFile)) {
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  for (const suite of report.testResults) {
    if (suite.status === 'failed' && suite.assertionResults.length === 0) {
      counts.failed++;
      console.log(`failed: ${suite.name}: ${suite.message}`);
    }
    for (const test of suite.assertionResults) {
      const kind = test.status === 'passed' ? 'passed' : test.status === 'failed' ? 'failed' : 'skipped';
      counts[kind]++;
      if (kind !== 'passed') console.log(`${kind}: ${test.fullName}`);
    }
  }
} else {
  counts.failed++;
  console.log('failed: the tests wrote no report');
}
for (const line of readFileSync(gatesFile, 'utf8').split('\n').filter(Boolean)) {
  const [status, ...name] = line.split(' ');
  const kind = status === 'ok' ? 'passed' : status === 'skipped' ? 'skipped' : 'failed';
  counts[kind]++;
  if (kind !== 'passed') console.log(`${kind}: ${name.join(' ')}`);
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);
