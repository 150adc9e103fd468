// Changes the sources in one small place at a time and counts how often a test notices. Exits with 1 when too few do.
// Arguments: names of groups (all of them without one); with one group also paths of its sources, to mutate no others.
// FLOWMETA_MUTANT_LINES takes about so many lines of each group, by chance (FLOWMETA_SEED), and judges by what all of the group has
// at least.
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { groups } from './mutant-groups.mjs';
import { lowerBound, sampleOf } from './mutant-sample.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Per cent of a group's mutants that its tests have to notice. */
const threshold = 70;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string' }, incremental: { type: 'boolean', default: false } },
});
const files = positionals.filter((argument) => !Object.hasOwn(groups, argument));
const asked = positionals.filter((argument) => Object.hasOwn(groups, argument));
if (files.length > 0 && asked.length !== 1) {
  console.error(`Name the one group that ${files.join(', ')} belongs to: ${Object.keys(groups).join(', ')}.`);
  process.exit(2);
}

process.chdir(root);
const {
  FLOWMETA_MUTANT_LINES: lines = 'Infinity',
  FLOWMETA_SEED: seed = '1',
  FLOWMETA_VERIFY_PARTS: parts,
} = process.env;
const results = {};
for (const name of asked.length > 0 ? asked : Object.keys(groups)) {
  try {
    results[name] = await measure(name);
  } catch {
    // Stryker has said why.
    results[name] = {};
  }
}
const failures = Object.keys(results).filter((name) => !(results[name].atLeast >= threshold));
console.table(results);
for (const name of failures) {
  const { score, atLeast } = results[name];
  console.error(
    score === undefined
      ? `${name}: could not be measured`
      : `${name}: ${score} %, at least ${atLeast} % of the whole: less than ${threshold} %`,
  );
}
if (parts) writeFileSync(join(parts, 'mutants.json'), JSON.stringify({ threshold, groups: results, failures }));
process.exitCode = failures.length > 0 ? 1 : 0;

async function measure(name) {
  const { sources, tests } = groups[name];
  process.env.FLOWMETA_MUTANT_TESTS = tests.join(' ');
  const start = performance.now();
  const { mutate, share } =
    files.length > 0 ? { mutate: files, share: 1 } : sampleOf(sources, { lines: Number(lines), seed: Number(seed) });
  const mutants = await new Stryker({
    mutate,
    testRunner: 'vitest',
    plugins: [import.meta.resolve('@stryker-mutator/vitest-runner')],
    vitest: { configFile: 'tooling/verify/vitest.mutants.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // What only runs while a module loads would cost all tests in a new process, each time.
    ignoreStatic: true,
    ...(options.concurrency === undefined ? {} : { concurrency: Number(options.concurrency) }),
    // Beyond what the tests took without a mutant. A busy machine is no proof that a mutant was noticed.
    timeoutMS: 60_000,
    incremental: options.incremental,
    incrementalFile: `tmp/mutants-${name}.json`,
    tempDirName: 'tmp/mutants',
    ignorePatterns: ['dist', '*.tsbuildinfo'],
    reporters: process.stdout.isTTY ? ['progress'] : ['progress-append-only'],
  }).runMutationTest();

  const count = (status) => mutants.filter((mutant) => mutant.status === status).length;
  const [killed, timeouts] = [count('Killed'), count('Timeout')];
  const [survived, uncovered] = [count('Survived'), count('NoCoverage')];
  const judged = mutants
    .filter(({ status }) => ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status))
    .map(({ fileName, location, status }) => ({
      file: fileName,
      line: location.start.line,
      noticed: status === 'Killed' || status === 'Timeout',
    }));
  for (const { fileName, location, mutatorName, replacement, status } of mutants) {
    if (status !== 'Survived' && status !== 'NoCoverage') continue;
    const place = `${relative(root, fileName)}:${location.start.line}:${location.start.column}`;
    console.log(`${status} ${place} ${mutatorName}: ${replacement.replace(/\s+/g, ' ').slice(0, 100)}`);
  }
  return {
    mutants: judged.length,
    killed,
    timeouts,
    survived,
    uncovered,
    notRun: count('Ignored'),
    share: Math.round(1_000 * share) / 1_000,
    score: rounded((100 * (killed + timeouts)) / judged.length),
    atLeast: rounded(lowerBound(judged, share)),
    durationMs: Math.round(performance.now() - start),
  };
}

function rounded(value) {
  return Math.round(10 * value) / 10;
}
