// The whole proof, or the parts that are named: faults, fuzzing, kills, soak, image, mutants-GROUP. Leaves the figures of each part in
// tooling/verify/result.json and in the README, and exits with 1 when something failed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { groups } from './mutant-groups.mjs';
import { withSection } from './readme-section.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const resultFile = join(root, 'tooling/verify/result.json');
const readmeFile = join(root, 'README.md');
const { FLOWMETA_SEED: asked = 'random', FLOWMETA_SOAK_MINUTES: soakMinutes = '10' } = process.env;
// One for all the files of this run.
const seed = asked === 'random' ? String(Date.now() % 1_000_000) : asked;

const vitest = (path) => [join(root, 'node_modules/vitest/vitest.mjs'), 'run', path];
const parts = {
  faults: { args: vitest('tooling/verify/test/fault-matrix.test.ts'), env: { FLOWMETA_VERIFY: 'full' } },
  fuzzing: { args: vitest('tooling/verify/test/fuzz-'), env: { FLOWMETA_VERIFY: 'full' } },
  kills: { args: vitest('apps/runner/test/killed.test.ts'), env: { FLOWMETA_KILLS: '50' } },
  soak: {
    args: (folder) => [
      join(root, 'tooling/bench/src/soak.mjs'),
      ...['--minutes', soakMinutes, '--seed', seed, '--json', join(folder, 'soak.json')],
    ],
  },
  image: { args: [join(root, 'tooling/checks/src/dockerfile.mjs')] },
  ...Object.fromEntries(
    Object.keys(groups).map((name) => [
      `mutants-${name}`,
      { args: [fileURLToPath(new URL('mutants.mjs', import.meta.url)), name] },
    ]),
  ),
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}: ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}

const result = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, 'utf8')) : {};
let passed = true;
for (const name of names.length > 0 ? names : Object.keys(parts)) {
  result[name] = run(parts[name]);
  passed &&= result[name].passed;
  // After each part: what was shown is not lost with what comes later.
  writeFileSync(resultFile, `${JSON.stringify(result, null, 2)}\n`);
}
writeFileSync(readmeFile, withSection(readFileSync(readmeFile, 'utf8'), result));
console.log(`${passed ? 'All of it holds' : 'Something failed'}: ${resultFile}`);
process.exit(passed ? 0 : 1);

function run({ args, env = {} }) {
  const folder = mkdtempSync(join(tmpdir(), 'flowmeta-verify-'));
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const { status } = spawnSync(process.execPath, typeof args === 'function' ? args(folder) : args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, FLOWMETA_SEED: seed, FLOWMETA_VERIFY_PARTS: folder, ...env },
  });
  const figures = Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((file) => [file.replace(/\.json$/, ''), JSON.parse(readFileSync(join(folder, file), 'utf8'))]),
  );
  rmSync(folder, { recursive: true, force: true });
  return {
    startedAt,
    durationMs: Math.round(performance.now() - start),
    seed: Number(seed),
    passed: status === 0 && Object.keys(figures).length > 0,
    figures,
  };
}
