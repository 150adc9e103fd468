import type { Pipeline, Run, TaskRun } from '@flowmeta/connector';
import { isLoopType } from './flow-types.js';
import { activityParts, addTaskRun, emptyTally, mergeTally, type Tally } from './tally.js';
import type { HealthWindow } from './types.js';

/**
 * The type of a task in an earlier revision of a pipeline; `undefined` where that is not known either. Asked once per
 * pipeline, revision and task.
 */
export type TypeOfTask = (pipeline: string, revision: string, task: string) => string | undefined;

/** A tally for each of the two windows. */
export interface WindowTallies {
  now: Tally;
  before: Tally;
}

/** What is remembered of a definition. */
export interface KnownPipeline {
  enabled: boolean;
  revision: string | undefined;
  /** By the name of the task; those without a type are not in it. */
  types: ReadonlyMap<string, string>;
  hasLoop: boolean;
}

/** Where the runs of one task of one revision are counted: at its type, or, while that is not known, by themselves. */
interface Place {
  type: string | undefined;
  isLooped: boolean;
  tallies: WindowTallies;
}

type Places = Map<string | undefined, Map<string, Place>>;

/**
 * Everything that is remembered between two reports. It grows with definitions and types, not with runs: two tallies per
 * type, and two per task whose type is not known.
 */
export interface Ledger {
  readonly windows: { now: HealthWindow; before: HealthWindow };
  readonly typeOf: TypeOfTask;
  readonly pipelines: Map<string, KnownPipeline>;
  readonly byType: Map<string, WindowTallies>;
  /** By pipeline, revision and task. */
  readonly places: Map<string, Places>;
  /** Types of the triggers that set runs off. */
  readonly triggerTypes: Set<string>;
  /** Runs that started in the window. */
  runs: number;
  /** Task runs that started in neither window. */
  outside: number;
}

export function emptyLedger(now: HealthWindow, typeOf: TypeOfTask): Ledger {
  const before = { since: now.since - (now.until - now.since), until: now.since };
  return {
    windows: { now, before },
    typeOf,
    pipelines: new Map(),
    byType: new Map(),
    places: new Map(),
    triggerTypes: new Set(),
    runs: 0,
    outside: 0,
  };
}

export const emptyTallies = (): WindowTallies => ({ now: emptyTally(), before: emptyTally() });

/** Notes a definition, and finds the types of task runs that came before it. */
export function enterPipeline(ledger: Ledger, { name, enabled, revision, tasks }: Pipeline): void {
  const types = new Map(tasks.flatMap((task) => (task.type ? [[task.name, task.type] as const] : [])));
  const hasLoop = [...types.values()].some(isLoopType);
  ledger.pipelines.set(name, { enabled, revision, types, hasLoop });
  for (const [ranRevision, places] of ledger.places.get(name) ?? []) {
    for (const [task, place] of places) {
      if (place.type !== undefined) continue;
      const found = placeOf(ledger, { pipeline: name, revision: ranRevision, task });
      if (found.type === undefined) continue;
      for (const window of ['now', 'before'] as const) {
        mergeTally(found.tallies[window], place.tallies[window], { repeatsAreRetries: !found.isLooped });
      }
      places.set(task, found);
    }
  }
}

/** Counts a run and its task runs. */
export function enterRun(ledger: Ledger, run: Run): void {
  const window = windowOf(ledger, run.startedAt);
  if (window === 'now') ledger.runs++;
  if (window !== undefined && run.trigger?.type !== undefined) ledger.triggerTypes.add(run.trigger.type);
  for (const taskRun of run.taskRuns) enterTaskRun(ledger, run, taskRun);
}

function enterTaskRun(ledger: Ledger, run: Run, taskRun: TaskRun): void {
  const instant = Number.isFinite(taskRun.startedAt) ? taskRun.startedAt! : run.startedAt;
  const window = windowOf(ledger, instant);
  if (window === undefined) {
    ledger.outside++;
    return;
  }
  const place = placeOfTaskRun(ledger, run, taskRun);
  const { since, until } = ledger.windows[window];
  const part = Math.min(activityParts - 1, Math.floor(((instant - since) / (until - since)) * activityParts));
  addTaskRun(place.tallies[window], taskRun, { part, isLooped: place.isLooped });
}

function placeOfTaskRun(ledger: Ledger, run: Run, taskRun: TaskRun): Place {
  // Whether the definition of then had a loop is not known.
  if (taskRun.type) {
    return { type: taskRun.type, isLooped: true, tallies: entry(ledger.byType, taskRun.type, emptyTallies) };
  }
  const places = entry(
    entry(ledger.places, run.pipeline, () => new Map() as Places),
    run.revision,
    () => new Map<string, Place>(),
  );
  return entry(places, taskRun.task, () =>
    placeOf(ledger, { pipeline: run.pipeline, revision: run.revision, task: taskRun.task }),
  );
}

function windowOf({ windows }: Ledger, instant: number): keyof WindowTallies | undefined {
  if (instant >= windows.now.since && instant < windows.now.until) return 'now';
  return instant >= windows.before.since && instant < windows.before.until ? 'before' : undefined;
}

function placeOf(
  ledger: Ledger,
  { pipeline, revision, task }: { pipeline: string; revision: string | undefined; task: string },
): Place {
  const known = ledger.pipelines.get(pipeline);
  const type = known && typeIn(known, ledger.typeOf, { pipeline, revision, task });
  if (known === undefined || type === undefined) return { type: undefined, isLooped: true, tallies: emptyTallies() };
  return { type, isLooped: known.hasLoop, tallies: entry(ledger.byType, type, emptyTallies) };
}

/** An earlier revision may have had another task of the same name: only when nobody knows does the present one speak. */
function typeIn(
  known: KnownPipeline,
  typeOf: TypeOfTask,
  { pipeline, revision, task }: { pipeline: string; revision: string | undefined; task: string },
): string | undefined {
  const isPresent = revision === undefined || known.revision === undefined || revision === known.revision;
  const earlier = isPresent ? undefined : typeOf(pipeline, revision, task);
  return earlier || known.types.get(task);
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
