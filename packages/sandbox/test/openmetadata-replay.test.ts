import { expect, it } from 'vitest';
import { replay } from './openmetadata/replay.js';

it.each(['1.6', '1.2'] as const)('x %s', async (version) => {
  const { all, inScope, disagreements } = await replay(version);
  console.log(version, inScope - disagreements.size, inScope, all);
  const lines = [...disagreements].map(([file, found]) => `${file}\n    ${found.slice(0, 6).join('\n    ')}`);
  (await import('node:fs')).writeFileSync(`/tmp/h7-dis-${version}.txt`, lines.join('\n'));
  expect(all).toBeGreaterThan(0);
});
