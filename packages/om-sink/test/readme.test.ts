import { readFileSync } from 'node:fs';
import * as mapper from '@flowmeta/om-mapper';
import { startOpenMetadataSandbox } from '@flowmeta/sandbox';
import { expect, it } from 'vitest';
import * as sink from '../src/index.js';

it('the example of the README runs', async () => {
  const sandbox = await startOpenMetadataSandbox();
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const code = example
    .replace(/import (\{[^}]*\}) from ('[^']*');/g, 'const $1 = packages[$2];')
    .replace('http://localhost:8585/api', `${sandbox.url}/api`)
    .replace("process.env.OM_TOKEN ?? ''", `'${sandbox.token}'`);
  const lines: string[] = [];
  const AsyncFunction = (async () => {}).constructor as new (
    ...code: string[]
  ) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction('packages', 'console', code)(
    { '@flowmeta/om-mapper': mapper, '@flowmeta/om-sink': sink },
    { log: (line: string) => lines.push(line) },
  );
  expect(lines).toEqual(['created']);
  expect(sandbox.catalog.statuses('kestra."team.daily"')).toHaveLength(1);
  await sandbox.close();
});
