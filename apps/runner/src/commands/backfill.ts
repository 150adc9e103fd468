import { createRedactor } from '@flowmeta/redact';
import { loadConfig } from '../config/load-config.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import type { Backfill } from '../run/backfill.js';
import { estimateBackfill } from '../run/estimate-backfill.js';
import { listenForInterruption } from '../run/interruption.js';
import { askForTenants } from '../run/list-tenants.js';
import { runIdOf, runIngestion } from '../run/run-ingestion.js';
import { durationOf, parseSince } from '../run/since.js';
import type { LogLevel } from '../terminal/log-levels.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { estimateJson, estimateText } from './estimate-text.js';
import { finishIngestion } from './finish-ingestion.js';
import { logReport } from './log-report.js';
import { checkReportFiles } from './report-files.js';

export interface BackfillFlags {
  config: string;
  source?: string;
  from: string;
  to?: string;
  slice: string;
  namespace?: string[];
  yes?: boolean;
  dryRun?: boolean;
  restart?: boolean;
  report?: string[];
  auditLog?: string;
  json?: boolean;
  logLevel?: LogLevel;
  progress: boolean;
}

/** More would cost more requests to count than the runs are worth. */
const mostSlices = 1000;
const smallestSlice = 3_600_000;

/** Brings run history beyond the ordinary window into OpenMetadata, after an estimate and a question. */
export async function backfillCommand(flags: BackfillFlags, host: Host, terminal: Terminal): Promise<number> {
  const backfill = backfillOf(flags, host.now());
  const files = flags.report ?? [];
  await checkReportFiles(files, host.directory);
  const { environment, directory } = host;
  const config = await loadConfig(flags.config, {
    environment,
    directory,
    source: flags.source,
    tenantsOf: askForTenants({ host, terminal }),
  });
  terminal.setLevel(flags.logLevel ?? config.workflow.workflowConfig.loggerLevel ?? 'INFO');
  if (config.workflow.sink?.type === 'file') {
    throw new UsageError('a backfill needs OpenMetadata', 'Leave the file out of sink.');
  }
  for (const warning of config.warnings) terminal.log('WARN', warning);

  const redactor = createRedactor(config.secrets);
  terminal.hide(redactor);
  const scope = flags.namespace ? { namespaces: flags.namespace } : {};
  const interruption = listenForInterruption(host, terminal, 'the estimate');
  const estimate = await estimateBackfill(config, backfill, {
    host,
    terminal,
    redact: redactor.text,
    signal: interruption.signal,
    ...scope,
  })
    .catch((error: unknown) => {
      if (interruption.exitCode() === undefined) throw error;
      return undefined;
    })
    .finally(interruption.stop);
  if (estimate === undefined) return interruption.exitCode() ?? exitCodes.partial;
  const isLeft = estimate.slices.some(({ done }) => !done);
  const text = estimateText(backfill, estimate, {
    source: config.connector.title,
    service: config.workflow.source.serviceName,
  });
  const goesOn = isLeft && !flags.dryRun;
  const mayGoOn = goesOn && (flags.yes || host.confirm !== undefined);
  // Of a run that follows, stdout has the report.
  if (!flags.json) terminal.print(text);
  else if (!mayGoOn) terminal.printData(`${JSON.stringify(estimateJson(backfill, estimate), null, 2)}\n`);
  else for (const line of text.trimEnd().split('\n')) terminal.log('INFO', line);
  if (!goesOn) return exitCodes.done;
  if (!mayGoOn) {
    throw new UsageError('nothing is written without a yes, and there is no terminal to ask on', 'Add --yes to go on.');
  }
  if (!flags.yes && !(await host.confirm?.('Go on?'))) {
    terminal.log('INFO', 'Nothing was written.');
    return exitCodes.done;
  }

  const runId = runIdOf(config);
  terminal.setRun(runId);
  terminal.log('INFO', `run ${runId}`);
  const result = await runIngestion(config, {
    host,
    terminal,
    runId,
    backfill,
    showProgress: flags.progress,
    ...(flags.auditLog === undefined ? {} : { auditLog: flags.auditLog }),
    ...scope,
  });
  if (terminal.format === 'json') logReport(result.report, terminal);
  return finishIngestion(result, { config, host, terminal, files, json: flags.json });
}

function backfillOf({ from, to, slice, restart = false }: BackfillFlags, now: number): Backfill {
  const since = parseSince(from, now, '--from');
  const until = to === undefined ? now : parseSince(to, now, '--to');
  if (since >= until) {
    throw new UsageError(`--from ${from} is not before --to ${to}`, 'Runs that start at --to are not part of it.');
  }
  const sliceSize = durationOf(slice);
  if (!(sliceSize >= smallestSlice)) {
    throw new UsageError(`--slice ${slice} is no duration of an hour or more`, 'Write one such as 6h, 1d or 1w.');
  }
  const count = Math.ceil((until - since) / sliceSize);
  if (count > mostSlices) {
    throw new UsageError(
      `--slice ${slice} makes ${count.toLocaleString('en')} slices, which is more than ${mostSlices.toLocaleString('en')}`,
      'Take longer ones, e.g. --slice 1w, or a later --from.',
    );
  }
  return { window: { since, until }, sliceSize, restart };
}
