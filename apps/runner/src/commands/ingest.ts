import { resolve } from 'node:path';
import { loadConfig } from '../config/load-config.js';
import type { Host } from '../host.js';
import { type ApplyResult, applyPlan } from '../run/apply-plan.js';
import { readPlanFile } from '../run/plan-file.js';
import { type RunIngestionOptions, runIdOf, runIngestion } from '../run/run-ingestion.js';
import { parseSince } from '../run/since.js';
import { colorsFor } from '../terminal/colors.js';
import type { LogLevel } from '../terminal/log-levels.js';
import type { Terminal } from '../terminal/terminal.js';
import { finishIngestion } from './finish-ingestion.js';
import { fileHasNoPlan } from './plan.js';
import { differenceText } from './plan-text.js';
import { checkDirectory, checkReportFiles } from './report-files.js';

export interface IngestFlags {
  config: string;
  dryRun?: boolean;
  since?: string;
  namespace?: string[];
  report?: string[];
  metricsFile?: string;
  auditLog?: string;
  json?: boolean;
  logLevel?: LogLevel;
  progress: boolean;
  strict?: boolean;
  allowMassDelete?: boolean;
  full?: boolean;
  flow?: string[];
  execution?: string[];
  plan?: string;
}

export async function ingestCommand(flags: IngestFlags, host: Host, terminal: Terminal): Promise<number> {
  const since = flags.since === undefined ? undefined : parseSince(flags.since, host.now());
  const files = flags.report ?? [];
  await checkReportFiles(files, host.directory);
  if (flags.metricsFile) {
    await checkDirectory(`--metrics-file ${flags.metricsFile}`, resolve(host.directory, flags.metricsFile));
  }
  const { environment, directory } = host;
  const config = await loadConfig(flags.config, { environment, directory });
  terminal.setLevel(flags.logLevel ?? config.workflow.workflowConfig.loggerLevel ?? 'INFO');
  for (const warning of config.warnings) terminal.log('WARN', warning);

  const allowMassDelete = flags.allowMassDelete ?? false;
  if (flags.plan !== undefined && config.workflow.sink?.type === 'file') throw fileHasNoPlan();
  const plan = flags.plan === undefined ? undefined : await readPlanFile(flags.plan, { config, host, allowMassDelete });

  const runId = runIdOf(config);
  terminal.setRun(runId);
  terminal.log('INFO', `run ${runId}`);
  const options: RunIngestionOptions = {
    host,
    terminal,
    runId,
    strict: flags.strict ?? false,
    showProgress: flags.progress,
    ...(flags.auditLog === undefined ? {} : { auditLog: flags.auditLog }),
  };
  const result: ApplyResult = plan
    ? await applyPlan(config, plan, options)
    : await runIngestion(config, {
        ...options,
        dryRun: flags.dryRun ?? false,
        full: flags.full ?? false,
        ...(flags.flow || flags.execution
          ? { only: { pipelines: flags.flow ?? [], runs: flags.execution ?? [] } }
          : {}),
        allowMassDelete,
        ...(since === undefined ? {} : { since }),
        ...(flags.namespace ? { namespaces: flags.namespace } : {}),
      });
  const { report, difference } = result;
  const { metricsFile, json } = flags;
  return finishIngestion(result, {
    config,
    host,
    terminal,
    files,
    metricsFile,
    json,
    ...(difference
      ? {
          inPlaceOfSummary() {
            terminal.print(differenceText(difference, colorsFor(host.stdout, host)));
            if (terminal.format !== 'json')
              terminal.error({ what: report.error!.message, why: flags.plan, todo: report.error!.hint });
          },
        }
      : {}),
  });
}
