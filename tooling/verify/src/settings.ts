/** Whether everything is run: all faults, all mutations. */
export const isFull = process.env.FLOWMETA_VERIFY === 'full';

/**
 * Decides what is chosen and how it is mutated; printed, so that a failure can be seen again with `FLOWMETA_SEED`. The same in every run
 * where nothing else is asked for: a test that failed once fails again.
 */
export const seed = seedOf(process.env.FLOWMETA_SEED);

/** Mutations over all fuzz tests together. */
export const mutations = Number(process.env.FLOWMETA_FUZZ ?? (isFull ? 100_000 : 10_000));

/** Only cases whose name holds this. */
export const onlyCase = process.env.FLOWMETA_CASE;

function seedOf(asked = '20250917'): number {
  if (asked === 'random') return Date.now() % 1_000_000;
  if (!/^\d{1,9}$/.test(asked)) throw new Error(`FLOWMETA_SEED is a number or "random", not "${asked}".`);
  return Number(asked);
}
