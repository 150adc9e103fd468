import type { Connector } from '@flowmeta/connector';
import { createHealth, type HealthCollector, type HealthReport } from '@flowmeta/health';
import type { Redactor } from '@flowmeta/redact';
import type { LoadedConfig } from '../config/load-config.js';
import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { openSource } from './open-source.js';
import { createReadLog } from './read-log.js';
import { createReadProgress } from './read-progress.js';
import { logged } from './request-counter.js';

export interface ReadHealthOptions {
  host: Host;
  terminal: Terminal;
  redactor: Redactor;
  signal: AbortSignal;
  showProgress: boolean;
  /** The window that is looked at, ms. Runs of the window before are read as well. */
  since: number;
  until: number;
  namespaces?: string[];
}

export interface ReadHealth {
  /** Without secrets. */
  report: HealthReport;
  /** Items that could not be read; each has been logged. */
  skipped: number;
}

/** How many definitions of earlier revisions one report may ask for. */
const earlierRevisions = 200;
/** How many reasons for leaving out runs are named. */
const shownReasons = 5;

/** Reads pipelines, runs and installed types of the config's source. Rejects with the error that ended the read. */
export async function readHealth(config: LoadedConfig, options: ReadHealthOptions): Promise<ReadHealth> {
  const { host, terminal, redactor, signal, since, until } = options;
  const connector = await openSource(config, {
    host,
    terminal,
    onRequest: logged(config.connector.title, () => undefined, terminal),
  });
  try {
    if (!connector.capabilities.runs) throw new UsageError(`${config.connector.title} tells no runs`);
    const health = createHealth({ since, until });
    const { skipped, isPartial } = await takeIn(health, connector, options);
    await compareInstalled(health, connector, { ...options, isPartial });
    signal.throwIfAborted();
    return { report: redactor.value(health.report()), skipped };
  } finally {
    terminal.live(undefined);
    await connector.close();
  }
}

/** Hands pipelines and runs to the collector; answers how many items could not be read, and whether pipelines were left out. */
async function takeIn(
  health: HealthCollector,
  connector: Connector,
  options: ReadHealthOptions,
): Promise<{ skipped: number; isPartial: boolean }> {
  const { terminal, signal, until, namespaces } = options;
  const count = { pipelines: 0, runs: 0, skipped: 0 };
  let hasAll = false;
  let isNarrowed = false;
  const log = createReadLog(terminal);
  const leftOut = new Map<string, number>();
  const progress = createReadProgress(options, () => [`${count.pipelines} pipelines`, `${count.runs} runs`]);
  const events = connector.read({
    since: Math.max(0, health.readSince),
    until,
    lineage: false,
    taskGraph: false,
    earlierRevisions,
    signal,
    ...(namespaces?.length ? { namespaces } : {}),
  });
  for await (const event of events) {
    switch (event.kind) {
      case 'pipeline':
        count.pipelines += 1;
        health.pipeline(event.pipeline);
        break;
      case 'run':
        count.runs += 1;
        health.run(event.run);
        break;
      case 'skipped':
        count.skipped += 1;
        log.skipped(event);
        break;
      case 'listed':
        hasAll = event.scope.namespaces === undefined;
        break;
      case 'filtered':
        if (event.item === 'run') leftOut.set(event.reason, (leftOut.get(event.reason) ?? 0) + 1);
        else isNarrowed = true;
        break;
      case 'warning':
        log.warning(event);
        break;
      default:
        break;
    }
    progress();
  }
  terminal.live(undefined);
  sayLeftOut(leftOut, terminal);
  return { skipped: count.skipped, isPartial: isNarrowed || !hasAll };
}

/** A report that leaves out runs on purpose says so: its numbers are not those of the server. */
function sayLeftOut(leftOut: ReadonlyMap<string, number>, terminal: Terminal): void {
  const reasons = [...leftOut].sort(([, one], [, other]) => other - one);
  for (const [reason, runs] of reasons.slice(0, shownReasons)) {
    terminal.log('INFO', `${runs === 1 ? '1 run is' : `${runs} runs are`} not counted: ${reason}`);
  }
  const others = reasons.slice(shownReasons).reduce((sum, [, runs]) => sum + runs, 0);
  if (others > 0) terminal.log('INFO', `${others} more are not counted for other reasons`);
}

/** A source that can't tell its plugins takes nothing else from the report, which then says that it was not asked. */
async function compareInstalled(
  health: HealthCollector,
  connector: Connector,
  { terminal, signal, isPartial }: ReadHealthOptions & { isPartial: boolean },
): Promise<void> {
  try {
    const installed = await connector.installedTypes?.({ signal });
    if (installed) health.installed(installed.types, { aliases: installed.aliases, isPartial });
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : `${error}`;
    terminal.log('WARN', `which plugins are installed could not be found out: ${reason}`);
  }
}
