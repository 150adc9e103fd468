import type { DatasetUse, DirectMove, Movements } from '../types.js';
import { isSameDataset } from './same-dataset.js';
import type { FlowData, Step } from './types.js';

/** What runs have shown of a task. */
export interface TaskEvidence extends Movements {
  taskId: string;
  type: string;
  /** The value of the iteration, where it was one. */
  value?: string;
}

/** A dataset or a move that the definition doesn't show. */
type OnlyOfRun = { isOnlyOfRun?: true };

/**
 * The flow as runs have shown it: for each task and direction, what a run has named takes the place of what the definition says. Pairs of
 * the definition stay where both of their ends do. What was shown of an iteration that isn't known beforehand is added as a step by itself.
 */
export function withEvidence(data: FlowData, evidence: readonly TaskEvidence[]): FlowData {
  const steps = [...data.steps];
  const byTask = new Map<string, number[]>();
  data.steps.forEach(({ taskId, isTrigger }, index) => {
    if (!isTrigger) byTask.set(taskId, [...(byTask.get(taskId) ?? []), index]);
  });
  const shown = new Map<number, Movements>();
  for (const ofRun of evidence) {
    const { taskId, value, reads, writes, moves } = ofRun;
    const movements = { reads, writes, moves };
    const ofTask = byTask.get(taskId) ?? [];
    const isIterated = ofTask.some((index) => data.steps[index]!.iteration.length > 0);
    const [index] = isIterated ? ofTask.filter((step) => data.steps[step]!.iteration.at(-1) === value) : ofTask;
    if (index === undefined) steps.push(stepOf(ofRun, movements));
    else shown.set(index, merged(shown.get(index), movements));
  }
  for (const [index, movements] of shown) steps[index] = { ...steps[index]!, io: shownBy(movements, steps[index]!.io) };
  return { ...data, steps };
}

function merged(known: Movements | undefined, more: Movements): Movements {
  if (known === undefined) return more;
  return {
    reads: [...known.reads, ...more.reads],
    writes: [...known.writes, ...more.writes],
    moves: [...known.moves, ...more.moves],
  };
}

function stepOf({ taskId, type }: TaskEvidence, movements: Movements): Step {
  const none: Step['io'] = { reads: [], writes: [], moves: [], gives: [], passesOn: false };
  const io = { ...shownBy(movements, none), gives: [] };
  return { taskId, type, isTrigger: false, iteration: [], io, takes: { steps: [], inputs: [], outputs: [] } };
}

function shownBy(shown: Movements, defined: Step['io']): Step['io'] {
  const ofRun = (uses: readonly DatasetUse[], known: readonly DatasetUse[]) => uses.map((use) => asDefined(use, known));
  const reads = shown.reads.length > 0 ? distinct(ofRun(shown.reads, defined.reads)) : defined.reads;
  const writes = shown.writes.length > 0 ? distinct(ofRun(shown.writes, defined.writes)) : defined.writes;
  const find = (use: DatasetUse, among: readonly DatasetUse[]) =>
    among.find(({ dataset }) => isSameDataset(dataset, use.dataset));
  const kept: (DirectMove & OnlyOfRun)[] = [];
  for (const move of defined.moves) {
    const [from, to] = [find(move.from, reads), find(move.to, writes)];
    if (from !== undefined && to !== undefined) kept.push({ ...move, from, to });
  }
  for (const move of shown.moves) {
    const [from, to] = [find(move.from, reads), find(move.to, writes)];
    if (from === undefined || to === undefined) continue;
    if (!kept.some((known) => known.from === from && known.to === to))
      kept.push({ ...move, from, to, isOnlyOfRun: true });
  }
  return { reads, writes, moves: kept, gives: gives(defined, { reads, writes }), passesOn: defined.passesOn };
}

/** What the outputs carried by the definition, as the run has named it. */
function gives(defined: Step['io'], shown: { reads: DatasetUse[]; writes: DatasetUse[] }): DatasetUse[] {
  const isIn = (uses: readonly DatasetUse[]) => (use: DatasetUse) =>
    uses.some(({ dataset }) => isSameDataset(dataset, use.dataset));
  // A query whose table was a template gives what it turned out to read.
  const givesReads = defined.gives.length === 0 ? shown.writes.length === 0 : defined.gives.some(isIn(defined.reads));
  const others = defined.gives.filter((use) => !isIn(defined.reads)(use) && !isIn(defined.writes)(use));
  const givesWrites = defined.gives.some(isIn(defined.writes));
  return [...(givesReads ? shown.reads : []), ...(givesWrites ? shown.writes : []), ...others];
}

/** A dataset of a run by the more precise name that the definition has for it. */
function asDefined(use: DatasetUse, known: readonly DatasetUse[]): DatasetUse & OnlyOfRun {
  const same = known.find(({ dataset }) => isSameDataset(dataset, use.dataset));
  return same === undefined ? { ...use, isOnlyOfRun: true } : { ...use, dataset: same.dataset };
}

function distinct<U extends DatasetUse>(uses: readonly U[]): U[] {
  return uses.filter((use, index) => uses.findIndex(({ dataset }) => isSameDataset(dataset, use.dataset)) === index);
}
