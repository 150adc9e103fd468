// Asks the registry for known weaknesses of what users get. Fails for grave ones; exits with 77 when there is no answer.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { idOf, shippedPackages } from './shipped.mjs';

/** By convention: this check could not be made. */
const skipped = 77;
const grave = new Set(['high', 'critical']);

/**
 * What the answer of `pnpm audit --json` means for the packages that are shipped.
 *
 * @param {string} answer
 * @param {Set<string>} shipped `name@version`
 * @returns {{ exitCode: number, lines: string[] }}
 */
export function verdict(answer, shipped) {
  let parsed;
  try {
    parsed = JSON.parse(answer);
  } catch {
    return { exitCode: skipped, lines: ['the registry gave no answer that can be read'] };
  }
  if (parsed.error !== undefined || typeof parsed.advisories !== 'object' || parsed.advisories === null) {
    return {
      exitCode: skipped,
      lines: [`the registry gave no answer (${parsed.error?.code ?? 'no advisories in it'})`],
    };
  }
  const concerned = Object.values(parsed.advisories).flatMap(({ module_name, severity, title, url, findings = [] }) =>
    findings
      .filter(({ version }) => shipped.has(`${module_name}@${version}`))
      .map(({ version }) => ({
        severity,
        line: `${severity}: ${module_name}@${version}: ${title} ${url ?? ''}`.trim(),
      })),
  );
  const exitCode = concerned.some(({ severity }) => grave.has(severity)) ? 1 : 0;
  const lines = [...new Set(concerned.map(({ line }) => line))];
  return { exitCode, lines: [...lines, `${shipped.size} packages, ${lines.length} known weaknesses`] };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const shipped = shippedPackages().filter(({ own }) => !own);
  // Everything is asked for, since what is bundled is a development dependency; only what is shipped is judged.
  const { stdout, error } = spawnSync('pnpm', ['audit', '--json'], {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 2 ** 28,
  });
  const { exitCode, lines } = verdict(error ? '' : stdout, new Set(shipped.map(idOf)));
  for (const line of lines) console.log(line);
  process.exit(exitCode);
}
