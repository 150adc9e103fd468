import { type Endpoint, endpoints } from './endpoints.js';
import { type FaultKind, faultKinds } from './fault-kinds.js';

/** `later`: from the middle of such requests on. */
export type Schedule = 'once' | 'for ever' | 'later';

/** One fault at one kind of request. */
export interface FaultCase {
  /** Says all of it, e.g. `graph: 503, once`. */
  name: string;
  endpoint: Endpoint;
  kind: FaultKind;
  schedule: Schedule;
}

const schedules: readonly Schedule[] = ['once', 'for ever', 'later'];

/** All that can be made of the tables. */
export const faultCases: readonly FaultCase[] = endpoints.flatMap((endpoint) =>
  faultKinds
    .filter((kind) => kind.effect(endpoint) !== undefined)
    .flatMap((kind) =>
      schedules
        .filter((schedule) => kind.times === undefined || schedule !== 'for ever')
        .map((schedule) => ({ name: `${endpoint.name}: ${kind.name}, ${schedule}`, endpoint, kind, schedule })),
    ),
);

/** Numbers from 0 to 1 that the seed decides (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many cases that the seed chooses: each kind of request and each kind of fault comes as often as the others. */
export function sampleOf(count: number, seed: number): FaultCase[] {
  const random = randomOf(seed);
  const left = new Set(faultCases);
  const uses = new Map<unknown, number>();
  const usesOf = ({ endpoint, kind, schedule }: FaultCase): number =>
    (uses.get(endpoint) ?? 0) + (uses.get(kind) ?? 0) + (uses.get(schedule) ?? 0) / 10;
  const chosen: FaultCase[] = [];
  while (chosen.length < count && left.size > 0) {
    let best: { faultCase: FaultCase; rank: number } | undefined;
    for (const faultCase of left) {
      const rank = usesOf(faultCase) + random();
      if (best === undefined || rank < best.rank) best = { faultCase, rank };
    }
    if (best === undefined) break;
    const { faultCase } = best;
    left.delete(faultCase);
    chosen.push(faultCase);
    for (const part of [faultCase.endpoint, faultCase.kind, faultCase.schedule]) {
      uses.set(part, (uses.get(part) ?? 0) + 1);
    }
  }
  return chosen;
}
