// Tells whether a connector of this repository is ready: `pnpm check:connector NAME [--json] [--report tests.json]`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const leastCoverage = 80;

/** The ids of the rules, as the page of the contract lists them (which is tested to list all). */
export function ruleIds(readme) {
  return [...readme.split('### The rules')[1].matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id);
}

/**
 * How each rule of the conformance suite went, over all suites of a connector.
 *
 * @param {{ testResults: { assertionResults: { ancestorTitles: string[], title: string, status: string, duration?: number,
 *   failureMessages?: string[] }[] }[] }} report of vitest, as JSON
 * @param {string[]} ids
 * @returns {{ id: string, passed: number, failed: number, ms: number, messages: string[] }[]}
 */
export function ruleResults(report, ids) {
  const tests = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ ancestorTitles }) => ancestorTitles.some((title) => title.endsWith(suiteTitle))),
  );
  return ids.map((id) => {
    const own = tests.filter(({ title }) => title.startsWith(`${id}: `));
    const failed = own.filter(({ status }) => status !== 'passed');
    return {
      id,
      passed: own.length - failed.length,
      failed: failed.length,
      ms: Math.round(own.reduce((sum, { duration = 0 }) => sum + duration, 0)),
      messages: failed.flatMap(({ failureMessages = [] }) =>
        failureMessages.flatMap((text) =>
          text
            .split(/\n\s+at /)[0]
            .replace(/^Error: /, '')
            .split('\n'),
        ),
      ),
    };
  });
}

const suiteTitle = ': what every connector promises';

/** Rules of the suite that are items of the list themselves. */
const ofTheConfig = {
  'options-described': 'every option has a description',
  'secrets-marked': 'secret options are marked',
  'examples-valid': 'the examples are valid',
};

/**
 * The checklist. `coverage`: % of the lines; `undefined` where it could not be measured, `null` where nobody wanted it to be.
 *
 * @param {{ root: string, name: string, rules: ReturnType<typeof ruleResults>, failedTests: string[], coverage?: number | null }} seen
 * @returns {{ item: string, ok: boolean, detail: string }[]}
 */
export function checklist({ root, name, rules, failedTests, coverage }) {
  const read = (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined);
  const folder = `packages/connector-${name}`;
  const untried = rules.filter(({ passed, failed }) => passed + failed === 0);
  const broken = rules.filter(({ failed }) => failed > 0);
  const item = (text, ok, detail = '') => ({ item: text, ok, detail: ok ? '' : detail });
  const manifest = JSON.parse(read(`${folder}/package.json`));
  const changesets = readdirSync(join(root, '.changeset')).map((file) => read(`.changeset/${file}`));
  const hasRule = ({ id }, holds) => item(ofTheConfig[id], holds, `see the rule ${id}`);
  return [
    item('the conformance suite is green', broken.length === 0, broken.map(({ id }) => id).join(', ')),
    item(
      'every rule is tried',
      untried.length === 0,
      `give the suite what these need: ${untried.map(({ id }) => id).join(', ')}`,
    ),
    ...rules.filter(({ id }) => id in ofTheConfig).map((rule) => hasRule(rule, rule.failed === 0 && rule.passed > 0)),
    item('all tests pass', failedTests.length === 0, failedTests.join('; ')),
    ...(coverage === null
      ? []
      : [
          item(
            `at least ${leastCoverage} % of the lines are covered by tests`,
            coverage !== undefined && coverage >= leastCoverage,
            coverage === undefined ? 'it was not measured' : `${coverage} %`,
          ),
        ]),
    item(
      'it has a README with its options',
      /^## Options$/m.test(read(`${folder}/README.md`) ?? ''),
      `${folder}/README.md`,
    ),
    item('it has a page', read(`docs/connectors/${name}.md`) !== undefined, `docs/connectors/${name}.md`),
    item(
      'it has an import rule',
      (read('tooling/checks/src/imports.mjs') ?? '').includes(`'connector-${name}':`),
      'tooling/checks/src/imports.mjs',
    ),
    item(
      'it has a changeset, or was released',
      manifest.version !== '0.0.0' || changesets.some((text) => text?.includes(`"${manifest.name}":`)),
      '.changeset',
    ),
  ];
}

/** Of vitest's report about more than one connector, what is about this one. */
export function reportOf(report, name) {
  const folder = `/packages/connector-${name}/`;
  return { testResults: report.testResults.filter((suite) => suite.name.includes(folder)) };
}

function run(root, name) {
  const work = mkdtempSync(join(tmpdir(), 'flowmeta-connector-'));
  try {
    const report = join(work, 'tests.json');
    const folder = `packages/connector-${name}`;
    const { stderr, error } = spawnSync(
      join(root, 'node_modules/.bin/vitest'),
      [
        ...['run', `${folder}/`, '--reporter=json', `--outputFile=${report}`, '--coverage.enabled'],
        ...[`--coverage.include=${folder}/src/**`, '--coverage.reporter=json-summary', '--coverage.reportOnFailure'],
        `--coverage.reportsDirectory=${join(work, 'coverage')}`,
      ],
      { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28, env: { ...process.env, FLOWMETA_TEST_REPORT: '' } },
    );
    if (!existsSync(report)) throw new Error(`the tests wrote no report: ${error?.message ?? stderr}`);
    const summary = join(work, 'coverage/coverage-summary.json');
    return {
      report: JSON.parse(readFileSync(report, 'utf8')),
      ...(existsSync(summary) && { coverage: JSON.parse(readFileSync(summary, 'utf8')).total.lines.pct }),
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const options = { json: { type: 'boolean' }, report: { type: 'string' }, help: { type: 'boolean', short: 'h' } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true, strict: false });
  const [name] = positionals;
  if (values.help || name === undefined) {
    console.log(
      `Usage: pnpm check:connector NAME [--json] [--report FILE]

Tells what packages/connector-NAME lacks before it can be merged. --report FILE takes what vitest's JSON reporter wrote of all tests, and
runs none; coverage is not looked at then.`,
    );
    process.exit(values.help ? 0 : 2);
  }
  if (!/^[a-z0-9-]+$/.test(name) || !existsSync(join(root, `packages/connector-${name}`))) {
    console.error(`there is no packages/connector-${name}`);
    process.exit(2);
  }
  const { report, coverage } = values.report
    ? { report: reportOf(JSON.parse(readFileSync(values.report, 'utf8')), name), coverage: null }
    : run(root, name);
  const rules = ruleResults(report, ruleIds(readFileSync(join(root, 'packages/connector/README.md'), 'utf8')));
  const failedTests = report.testResults.flatMap((suite) => [
    ...(suite.status === 'failed' && suite.assertionResults.length === 0 ? [`${suite.name}: ${suite.message}`] : []),
    ...suite.assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  ]);
  const items = checklist({ root, name, rules, failedTests, coverage });
  const ok = items.every((item) => item.ok);
  const tried = rules.filter(({ passed, failed }) => passed + failed > 0);
  const passed = tried.filter(({ failed }) => failed === 0).length;
  if (values.json)
    console.log(
      JSON.stringify(
        { connector: name, ok, coverage: coverage ?? undefined, passed, of: rules.length, rules, items },
        null,
        2,
      ),
    );
  else {
    for (const rule of rules) {
      const count = rule.passed + rule.failed;
      const verdict = count === 0 ? 'not tried' : rule.failed > 0 ? 'FAILED' : 'ok';
      console.log(
        `${verdict.padEnd(10)}${rule.id.padEnd(26)}${count === 0 ? '' : `${rule.passed}/${count}, ${rule.ms} ms`}`,
      );
      for (const message of rule.messages) console.log(`          ${message}`);
    }
    console.log('');
    if (coverage != null) console.log(`${coverage} % of the lines are covered`);
    console.log(`${passed} of ${rules.length} rules passed (${Math.floor((passed / rules.length) * 100)} %)\n`);
    for (const item of items)
      console.log(`${item.ok ? '✓' : '✗'} ${item.item}${item.detail ? `: ${item.detail}` : ''}`);
  }
  process.exit(ok ? 0 : 1);
}
