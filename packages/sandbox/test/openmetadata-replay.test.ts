import { describe, expect, it } from 'vitest';
import { knownDisagreements } from './openmetadata/known-disagreements.js';
import { replay } from './openmetadata/replay.js';

describe.each(['1.6', '1.2'] as const)('what a real %s server answered', (version) => {
  it('is what the stand-in answers, but for the listed exceptions', async () => {
    const { all, inScope, disagreements } = await replay(version);
    const agreed = inScope - disagreements.size;
    console.log(`OpenMetadata ${version}: ${agreed} / ${inScope} / ${all} (agreed / in scope / all)`);
    const known = knownDisagreements[version];
    const unexpected = [...disagreements].filter(([file]) => known[file] === undefined);
    expect(unexpected, 'new disagreements').toEqual([]);
    expect(
      Object.keys(known).filter((file) => !disagreements.has(file)),
      'listed ones that agree',
    ).toEqual([]);
    expect(inScope / all).toBeGreaterThanOrEqual(0.6);
    expect(agreed / inScope).toBeGreaterThanOrEqual(0.95);
  });
});
