import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sectionOf, withSection } from './readme-section.mjs';

const part = (figures: object, passed = true) => ({
  startedAt: '2026-11-22T10:00:00.000Z',
  durationMs: 1_000,
  seed: 1,
  passed,
  figures,
});

const mutants = (name: string, group: object) => part({ mutants: { groups: { [name]: group }, failures: [] } });

describe('the figures of verify:full in the README', () => {
  it('are those of the last result', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const file = new URL('../result.json', import.meta.url);
    const result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    expect(readme).toBe(withSection(readme, result));
    expect(readme).toContain('verify:full');
  });

  it('add up, and tell failures', () => {
    const table = sectionOf({
      faults: part({ 'fault-matrix': { count: 2_067, failures: [] } }),
      fuzzing: part({ a: { count: 1_000, failures: ['x'] }, b: { count: 500, failures: ['y'] } }, false),
      soak: part(
        {
          soak: {
            minutes: 3,
            changes: 40,
            bouts: 2,
            failures: ['memory grows'],
            memory: { first: 1, last: 2 },
            files: { first: 1, last: 2 },
          },
        },
        false,
      ),
      image: part({ image: { steps: 4, started: 3, failures: [] } }),
      'mutants-state': mutants('state', { mutants: 10, share: 1, score: 80.5, atLeast: 80.5 }),
      'mutants-om-sink': mutants('om-sink', { mutants: 1_234, share: 0.254, score: 81, atLeast: 77.5 }),
      'mutants-deletion': mutants('deletion', {}),
    });
    expect(table).toContain('| 2,067 faults: every kind at every endpoint of both sides | none failed | 2026-11-22 |');
    expect(sectionOf({ faults: part({ a: { count: 3, known: 2, failures: [] } }) })).toContain(
      '| none failed but for [2 that are known](tooling/verify/src/known-faults.ts) |',
    );
    expect(table).toContain('| 1,500 mutated answers, items and configs | 2 failed |');
    expect(table).toContain('| memory grows |');
    expect(table).toContain(
      '| the image, built from its Dockerfile without Docker: 4 steps | 3 of its commands run | 2026-11-22 |',
    );
    expect(table).toContain('| 10 changes of the code of state | 80.5 % noticed by its tests |');
    expect(table).toContain(
      '| 1,234 changes of the code of om-sink, by chance | 81 % noticed by its tests; of all changes, at least 77.5 % |',
    );
    expect(table).toContain('| 0 changes of the code of deletion | could not be measured |');
    expect(table).not.toContain('kills');
  });

  it('need their place', () => {
    expect(() => withSection('# A page', {})).toThrow('has no place');
  });
});
