import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The Markdown files of the repository that people read. */
export const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && !/^\.changeset\/|\/template\/|\/data\/|__fixtures__/.test(file))
  .filter((file) => existsSync(join(root, file)));

export const text = (file: string) => readFileSync(join(root, file), 'utf8');
