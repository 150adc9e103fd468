import type { Pipeline, Run } from '@flowmeta/connector';
import { emptyLedger, enterPipeline, enterRun, type TypeOfTask } from './ledger.js';
import { reportOf } from './report.js';
import type { HealthReport } from './types.js';

export interface HealthOptions {
  /** The window that is looked at starts here, ms. */
  since: number;
  /** It ends before this instant, ms. */
  until: number;
  /** The plugin that a type belongs to. Default: the type without its last part, `io.kestra.plugin.jdbc.postgresql`. */
  groupOf?: (type: string) => string;
  /**
   * Types of tasks in earlier revisions, where the task run doesn't say its own. Without it the present definition's task of
   * the same name gives the type.
   */
  typeOf?: TypeOfTask;
}

/** Takes in what a connector reads, in any order, and says how the task types do. */
export interface HealthCollector {
  /** Where the window before starts, ms: runs have to be read from here, or every trend is `new`. */
  readonly readSince: number;
  /** A definition; one that comes again replaces the first for runs of tasks that follow. */
  pipeline(pipeline: Pipeline): void;
  /** A run with its task runs, once each. It is not kept. */
  run(run: Run): void;
  /**
   * Task types that the server has; several calls add up. Without a call the report doesn't compare. `aliases`: further names
   * that it takes, which are neither missing nor unused. `isPartial`: not every pipeline is looked at, so that nothing is
   * said about unused types; default false.
   */
  installed(types: Iterable<string>, options?: { aliases?: Iterable<string>; isPartial?: boolean }): void;
  /** What is known by now; may be called again later. */
  report(): HealthReport;
}

/**
 * Watches `pipeline` and `run` events and reports how each task type and each plugin does. A task run belongs to the window
 * in which it started, or, without a start, its run did. Memory grows with definitions and types, not with runs.
 *
 * @throws RangeError when the window is none: `since` not before `until`, or not finite.
 */
export function createHealth({
  since,
  until,
  groupOf = withoutLastPart,
  typeOf = () => undefined,
}: HealthOptions): HealthCollector {
  if (!(Number.isFinite(since) && Number.isFinite(until) && since < until)) {
    throw new RangeError(`the window needs a start before its end, not ${since} and ${until}`);
  }
  const ledger = emptyLedger({ since, until }, typeOf);
  let installed: Set<string> | undefined;
  const aliases = new Set<string>();
  let isPartial = false;
  return {
    readSince: ledger.windows.before.since,
    pipeline: (pipeline) => enterPipeline(ledger, pipeline),
    run: (run) => enterRun(ledger, run),
    installed(types, options = {}) {
      installed ??= new Set();
      for (const type of types) installed.add(type);
      for (const alias of options.aliases ?? []) aliases.add(alias);
      isPartial ||= options.isPartial ?? false;
    },
    report: () =>
      reportOf(ledger, { groupOf, ...(installed && { installed: { types: installed, aliases, isPartial } }) }),
  };
}

function withoutLastPart(type: string): string {
  const end = type.lastIndexOf('.');
  return end > 0 ? type.slice(0, end) : type;
}
