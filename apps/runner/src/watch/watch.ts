import { randomUUID } from 'node:crypto';
import { createRedactor } from '@flowmeta/redact';
import { createProcessMemory } from '@flowmeta/state';
import { type LoadedConfig, loadConfig } from '../config/load-config.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { InterruptedError, type Interruption, listenForInterruption } from '../run/interruption.js';
import { askForTenants } from '../run/list-tenants.js';
import { openSource } from '../run/open-source.js';
import { openClient } from '../run/open-target.js';
import { type IngestionResult, runIngestion } from '../run/run-ingestion.js';
import { StateTakenError } from '../run/run-memory.js';
import { durationOf } from '../run/since.js';
import { warnAboutTls } from '../run/tls-warning.js';
import type { LogLevel } from '../terminal/log-levels.js';
import { duration } from '../terminal/progress.js';
import { tellError } from '../terminal/show-error.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { createCycleChoice } from './shown-cycles.js';
import { createCycleLog } from './tell-cycle.js';
import { createWait, waitAfter } from './wait.js';
import type { WatchStatus } from './watch-status.js';

export interface WatchOptions {
  host: Host;
  terminal: Terminal;
  status: WatchStatus;
  /** The config file, read again at each SIGHUP. */
  file: string;
  /** The one that fills this service, where the config has several. */
  source?: string | undefined;
  /** Wins over the config's. */
  logLevel?: LogLevel | undefined;
  /** Wins over the config's; e.g. `30s`. */
  interval?: string | undefined;
  namespaces?: string[] | undefined;
  auditLog?: string | undefined;
  /** Called when the config is found right, before the first cycle. */
  onReady: () => Promise<void>;
}

/** Ingests over and over until a signal ends it; answers the exit code. Throws when it can't even begin. */
export async function watch(options: WatchOptions): Promise<number> {
  const { host, terminal, onReady } = options;
  const interruption = listenForInterruption(host, terminal, 'the watch');
  const wait = createWait();
  interruption.signal.addEventListener('abort', () => wait.end());
  let reloadIsWanted = false;
  const stopListening = host.onReload(() => {
    reloadIsWanted = true;
    wait.end();
  });
  try {
    let config = await takeConfig(options, interruption);
    await onReady();
    const cycle = createCycle(options, interruption);
    while (!interruption.signal.aborted) {
      if (reloadIsWanted) {
        reloadIsWanted = false;
        config = await reload(config, options, interruption);
      }
      const pause = await cycle(config);
      terminal.setRun(undefined);
      if (reloadIsWanted || interruption.signal.aborted) continue;
      terminal.live(`watching ${config.workflow.source.serviceName}, last looked at ${timeOf(host.now())}`);
      await wait.start(pause);
    }
  } finally {
    terminal.live(undefined);
    stopListening();
    interruption.stop();
  }
  return interruption.exitCode() ?? exitCodes.done;
}

/** Reads the config and tries all that can be tried without a server; only a config that wants all tenants asks for them. */
async function takeConfig(
  { host, terminal, status, file, source, logLevel, interval }: WatchOptions,
  interruption: Interruption,
): Promise<LoadedConfig> {
  const { environment, directory } = host;
  const tenantsOf = askForTenants({ host, terminal, interruption });
  const config = await loadConfig(file, { environment, directory, source, tenantsOf });
  const { workflow } = config;
  if (workflow.sink?.type === 'file') {
    throw new UsageError(
      `${file}: watch needs OpenMetadata`,
      'A file would be written anew in each cycle; use ingest.',
    );
  }
  await (await openSource(config, { host, terminal })).close();
  await openClient(config, { host, signal: new AbortController().signal }).close();
  // From here on it is the config in use.
  terminal.hide(createRedactor(config.secrets));
  terminal.setLevel(logLevel ?? workflow.workflowConfig.loggerLevel ?? 'INFO');
  for (const warning of config.warnings) terminal.log('WARN', warning);
  warnAboutTls(config, terminal);
  const text = interval ?? workflow.workflowConfig.watch?.interval ?? '30s';
  status.setInterval(durationOf(text));
  terminal.log('INFO', `watching ${config.connector.title} for ${workflow.source.serviceName}, every ${text}`);
  return config;
}

/** The new config, or the old one where the new one is broken. */
async function reload(old: LoadedConfig, options: WatchOptions, interruption: Interruption): Promise<LoadedConfig> {
  const { terminal, status, file } = options;
  terminal.log('INFO', `SIGHUP: reading ${file} again`);
  try {
    const config = await takeConfig(options, interruption);
    status.reloaded('taken');
    return config;
  } catch (error) {
    if (error instanceof InterruptedError) return old;
    tellError(error, terminal);
    terminal.log('WARN', 'the config of before stays in use');
    status.reloaded('refused');
    return old;
  }
}

/** One cycle after the other; each answers how long to wait for the next one, ms. */
function createCycle(
  { host, terminal, status, namespaces, auditLog }: WatchOptions,
  interruption: Interruption,
): (config: LoadedConfig) => Promise<number> {
  const memory = { memory: createProcessMemory(), settled: new Map<string, string>() };
  const isShown = createCycleChoice();
  const tell = createCycleLog(terminal);
  let isFirst = true;
  let isPutOff = false;

  const run = async (config: LoadedConfig): Promise<IngestionResult> => {
    const runId = randomUUID();
    terminal.setRun(runId);
    // A signal of its own: what hangs on one that lives as long as the process would never be freed.
    const controller = new AbortController();
    const abort = () => controller.abort(interruption.signal.reason);
    interruption.signal.addEventListener('abort', abort);
    try {
      return await runIngestion(config, {
        host,
        terminal,
        runId,
        series: { interruption: { ...interruption, signal: controller.signal }, isShown, ...memory },
        ...(namespaces ? { namespaces } : {}),
        ...(auditLog === undefined ? {} : { auditLog }),
      });
    } finally {
      interruption.signal.removeEventListener('abort', abort);
    }
  };

  const failed = (message: string, hint?: string): number => {
    const pause = pauseNow();
    terminal.error({
      what: `the cycle failed: ${message}`,
      why: `the next one begins in ${duration(pause)}`,
      todo: hint,
    });
    return pause;
  };
  const pauseNow = () => waitAfter(status.failuresInARow(), { interval: status.interval(), random: Math.random });

  return async (config) => {
    const failuresBefore = status.failuresInARow();
    try {
      const { report, withoutSecrets, auditError } = await run(config);
      const { outcome, error } = report;
      isFirst = false;
      isPutOff = false;
      const shown = withoutSecrets();
      status.cycleEnded({ outcome, report: shown, reason: shown.error?.message });
      tell(report);
      if (auditError !== undefined) terminal.log('ERROR', `the audit log could not be written: ${auditError}`);
      if (error) return failed(error.message, error.hint);
      if (failuresBefore > 0 && outcome !== 'interrupted') {
        terminal.log(
          'INFO',
          `all is well again after ${failuresBefore} failed ${failuresBefore === 1 ? 'cycle' : 'cycles'}`,
        );
      }
      return pauseNow();
    } catch (error) {
      if (error instanceof StateTakenError) {
        if (!isPutOff) terminal.log('WARN', `${error.message}: cycles are put off until it has ended`);
        isPutOff = true;
        status.cycleEnded({ outcome: 'put-off' });
        return pauseNow();
      }
      // What is wrong from the start is for a person to put right.
      if (isFirst) throw error;
      const message = createRedactor(config.secrets).text(error instanceof Error ? error.message : `${error}`);
      status.cycleEnded({ outcome: 'failed', reason: message });
      return failed(message, error instanceof UsageError ? error.hint : undefined);
    }
  };
}

const timeOf = (ms: number): string => new Date(ms).toISOString().slice(11, 19);
