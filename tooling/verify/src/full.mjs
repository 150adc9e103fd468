// The whole proof: every fault, 100,000 mutations, ten minutes of `flowmeta watch`, every mutant. Leaves the figures in
// verify-result.json, and exits with 1 when something failed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const parts = mkdtempSync(join(tmpdir(), 'flowmeta-verify-'));
const { FLOWMETA_SEED: asked = 'random', FLOWMETA_SOAK_MINUTES: soakMinutes = '10' } = process.env;
// One for all the files of this run.
const seed = asked === 'random' ? String(Date.now() % 1_000_000) : asked;
const startedAt = new Date().toISOString();
const start = performance.now();

const env = { ...process.env, FLOWMETA_VERIFY_PARTS: parts };
const run = (args, more = {}) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...env, ...more } }).status;
const statuses = [
  run([join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'tooling/verify/'], {
    FLOWMETA_VERIFY: 'full',
    FLOWMETA_SEED: seed,
  }),
  run([
    join(root, 'tooling/bench/src/soak.mjs'),
    ...['--minutes', soakMinutes, '--seed', seed, '--json', join(parts, 'soak.json')],
  ]),
  run([fileURLToPath(new URL('mutants.mjs', import.meta.url))]),
];
const passed = statuses.every((status) => status === 0);

const results = {};
for (const file of existsSync(parts) ? readdirSync(parts).sort() : []) {
  results[file.replace(/\.json$/, '')] = JSON.parse(readFileSync(join(parts, file), 'utf8'));
}
rmSync(parts, { recursive: true, force: true });
const sum = (pick) => Object.values(results).reduce((total, part) => total + pick(part), 0);
const mutations = Object.keys(results)
  .filter((name) => name.startsWith('fuzz-'))
  .reduce((total, name) => total + results[name].count, 0);
const summary = {
  startedAt,
  seed: Number(seed),
  passed,
  faults: results['fault-matrix']?.count ?? 0,
  mutations,
  mutants: Object.values(results.mutants?.groups ?? {}).reduce((total, group) => total + (group.mutants ?? 0), 0),
  failures: sum(({ failures }) => failures.length),
  durationMs: Math.round(performance.now() - start),
  results,
};
const target = join(root, 'verify-result.json');
writeFileSync(target, `${JSON.stringify(summary, null, 2)}\n`);
console.log(
  `${summary.faults} faults, ${mutations} mutations, ${summary.mutants} mutants, ${summary.failures} failures: ${target}`,
);
process.exit(passed ? 0 : 1);
