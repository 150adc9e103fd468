/** Whether everything is run: all faults, all mutations. */
export const isFull = process.env.FLOWMETA_VERIFY === 'full';

/** Decides what is chosen and how it is mutated; printed, so that a failure can be seen again with `FLOWMETA_SEED`. */
export const seed = Number(process.env.FLOWMETA_SEED ?? Date.now() % 1_000_000);

/** Mutations over all fuzz tests together. */
export const mutations = Number(process.env.FLOWMETA_FUZZ ?? (isFull ? 100_000 : 10_000));

/** Only cases whose name holds this. */
export const onlyCase = process.env.FLOWMETA_CASE;
