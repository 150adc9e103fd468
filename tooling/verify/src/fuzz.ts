import fc from 'fast-check';
import { seed } from './settings.js';

export interface FuzzOptions {
  /** Mutations in all that were made. */
  count: number;
  /** Mutations in one round. */
  atOnce: number;
  /** How often a failing round is tried with fewer mutations. */
  shrinks?: number;
}

/** What one round did. */
export interface FuzzRound {
  problems: string[];
  /** Of the mutations, how many were made: not all find something to change. */
  made: number;
}

export interface FuzzResult {
  rounds: number;
  made: number;
  /** One per failing round: what failed, and the fewest mutations that still fail. */
  failures: string[];
}

/**
 * Rounds of mutations that the seed decides. `check` answers what is wrong with a round. A round that fails is tried again with ever
 * fewer of its mutations.
 */
export async function fuzz<T>(
  arbitrary: fc.Arbitrary<T>,
  check: (mutations: readonly T[], round: number) => Promise<FuzzRound>,
  { count, atOnce, shrinks = 40 }: FuzzOptions,
): Promise<FuzzResult> {
  const lists = fc.array(arbitrary, { minLength: atOnce, maxLength: atOnce, size: 'max' });
  const failures: string[] = [];
  let made = 0;
  let idle = 0;
  let round = 0;
  for (; made < count; round += 1) {
    const [mutations = []] = fc.sample(lists, { seed: seed + round, numRuns: 1 });
    const result = await check(mutations, round);
    made += result.made;
    idle = result.made === 0 ? idle + 1 : 0;
    if (idle === 10) throw new Error('ten rounds changed nothing');
    if (result.problems.length === 0) continue;
    const again = async (part: readonly T[]) => (await check(part, round)).problems;
    const { fewest, problem } = await shrink(mutations, result.problems, { check: again, tries: shrinks });
    failures.push(`round ${round}: ${problem}; mutations: ${show(fewest)}`);
  }
  return { rounds: round, made, failures };
}

/** Takes away halves, quarters … as long as something still fails. */
async function shrink<T>(
  mutations: readonly T[],
  problems: string[],
  { check, tries }: { check: (mutations: readonly T[]) => Promise<string[]>; tries: number },
): Promise<{ fewest: readonly T[]; problem: string }> {
  let fewest = mutations;
  let problem = problems.slice(0, 3).join(' | ');
  let size = Math.ceil(fewest.length / 2);
  let left = tries;
  while (size >= 1 && left > 0 && fewest.length > 1) {
    let isSmaller = false;
    for (let start = 0; start < fewest.length && left > 0; start += size) {
      const part = [...fewest.slice(0, start), ...fewest.slice(start + size)];
      left -= 1;
      const found = part.length > 0 ? await check(part) : [];
      if (found.length === 0) continue;
      fewest = part;
      problem = found.slice(0, 3).join(' | ');
      isSmaller = true;
      break;
    }
    if (!isSmaller) size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return { fewest, problem };
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}
