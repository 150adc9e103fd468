import { describe, expect, it } from 'vitest';
import { endpoints } from '../src/endpoints.js';
import { type FaultCase, faultCases, sampleOf } from '../src/fault-cases.js';
import { knownFaults, unknownOf } from '../src/known-faults.js';
import { type CaseResult, createLane } from '../src/lane.js';
import { record } from '../src/result.js';
import { isFull, onlyCase, seed } from '../src/settings.js';
import { watchProcess } from '../src/side-effects.js';
import { recordedWorld } from '../src/world.js';

const recent = recordedWorld('1.0.3', '1.6');
/** With executions one by one, and statuses in bulk. */
const newest = recordedWorld('2.0.0', '2.0');

/** Cases under way at a time: most of their time is waiting. */
const lanes = 4;
const sampleSize = 90;

function choose(): FaultCase[] {
  const part = onlyCase;
  if (part !== undefined) return faultCases.filter(({ name }) => name.includes(part));
  if (isFull) return [...faultCases];
  const examples = faultCases.filter(({ name }) => knownFaults.some(({ example }) => example === name));
  return [...new Set([...sampleOf(sampleSize, seed), ...examples])];
}

async function checkAll(cases: readonly FaultCase[]): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const left = [...cases];
  const work = async (): Promise<void> => {
    const lane = await createLane(endpoints);
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      results.push(await lane.check(next, next.endpoint.isNew ? newest : recent));
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return results;
}

const knownFor = (name: string) => knownFaults.filter(({ cases }) => cases.test(name));

describe('a run that meets a fault', () => {
  it('ends with the right data or says what is missing, and harms nothing', { timeout: 3 * 3_600_000 }, async () => {
    const start = performance.now();
    const process = watchProcess();
    const results = await checkAll(choose());
    process.stop();
    const failures = results.flatMap(({ name, outcome, problems }) => {
      const unknown = unknownOf(problems, knownFor(name));
      return unknown.length > 0 ? [`${name} (${outcome}): ${unknown.slice(0, 3).join(' | ')}`] : [];
    });
    failures.push(...process.problems());
    const outcomes: Record<string, number> = {};
    for (const { outcome } of results) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    const known = results.filter(({ problems }) => problems.length > 0).length - failures.length;
    record('fault-matrix', {
      count: results.length,
      of: faultCases.length,
      outcomes,
      known,
      failures,
      slowest: Math.round(Math.max(...results.map(({ ms }) => ms))),
      ms: performance.now() - start,
    });
    expect(failures).toEqual([]);
    const mended = knownFaults.filter(({ example, problems }) => {
      const result = results.find(({ name }) => name === example);
      return result !== undefined && !result.problems.some((problem) => problems.test(problem));
    });
    expect(
      mended.map(({ what }) => what),
      'these are mended: take them out of known-faults.ts',
    ).toEqual([]);
  });

  it.each([
    { world: recent, isNew: undefined },
    { world: newest, isNew: true },
  ])('is asked about every kind of request ($world.name)', async ({ world, isNew }) => {
    const lane = await createLane(endpoints);
    const [first, later] = [await lane.requestsOf(world, true), await lane.requestsOf(world, false)];
    const missing = endpoints
      .filter((endpoint) => endpoint.isNew === isNew)
      .filter(({ name, isFirst }) => ((isFirst ? first : later).get(name) ?? 0) === 0);
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});
