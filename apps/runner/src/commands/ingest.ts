import type { RunReport, Shard } from '@flowmeta/connector';
import { type IngestionPhase, shardedPhases } from '@flowmeta/ingestion';
import { mergeReports } from '@flowmeta/report';
import { type LoadedConfig, loadConfigs } from '../config/load-config.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { type ApplyResult, applyPlan } from '../run/apply-plan.js';
import { askForTenants } from '../run/list-tenants.js';
import { readPlanFile } from '../run/plan-file.js';
import { runIdOf, runIngestion } from '../run/run-ingestion.js';
import { parseSince } from '../run/since.js';
import { colorsFor } from '../terminal/colors.js';
import type { LogLevel } from '../terminal/log-levels.js';
import { showError } from '../terminal/show-error.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { finishIngestion } from './finish-ingestion.js';
import { logReport } from './log-report.js';
import { checkMetricsFile } from './metrics-file.js';
import { fileHasNoPlan } from './plan.js';
import { differenceText } from './plan-text.js';
import { checkReportFiles } from './report-files.js';

export interface IngestFlags {
  config: string;
  source?: string;
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
  shard?: Shard;
  phase?: IngestionPhase[];
  plan?: string;
}

export async function ingestCommand(flags: IngestFlags, host: Host, terminal: Terminal): Promise<number> {
  const since = flags.since === undefined ? undefined : parseSince(flags.since, host.now());
  refuseWholePhases(flags);
  const files = flags.report ?? [];
  await checkReportFiles(files, host.directory);
  if (flags.metricsFile) await checkMetricsFile(flags.metricsFile, host.directory);
  const { environment, directory } = host;
  let exitCode: number = exitCodes.done;
  const showFailure = (error: unknown): void => {
    const debug = flags.logLevel === 'DEBUG';
    exitCode = Math.max(exitCode, showError(error, { host, debug, format: terminal.format }));
  };
  const configs = await loadConfigs(flags.config, {
    environment,
    directory,
    source: flags.source,
    tenantsOf: askForTenants({ host, terminal }),
    onUnlisted: showFailure,
  });
  const [config] = configs as [LoadedConfig];
  terminal.setLevel(flags.logLevel ?? config.workflow.workflowConfig.loggerLevel ?? 'INFO');
  for (const warning of config.warnings) terminal.log('WARN', warning);

  if (flags.phase?.includes('entities') === false && config.workflow.sink?.type === 'file') throw fileHasNoCatalog();
  if (flags.plan !== undefined && configs.length > 1) {
    throw new UsageError(`--plan ${flags.plan}: a plan is of one source`, 'Add --source with its service.');
  }
  const runs: ApplyResult[] = [];
  for (const each of configs) {
    const options = { ...(since === undefined ? {} : { since }), isOneOfSeveral: configs.length > 1 };
    try {
      const run = await ingestSource(each, flags, { host, terminal, ...options });
      runs.push(run);
      exitCode = Math.max(exitCode, run.exitCode);
    } catch (error) {
      if (configs.length === 1) throw error;
      showFailure(error);
    }
    // By a signal: the sources that are left are for the next time.
    if (exitCode >= 128) break;
  }
  if (runs.length === 0) return exitCode;
  const report = merged(runs.map((run) => run.report));
  const withoutSecrets = () => merged(runs.map((run) => run.withoutSecrets()));
  const auditError = runs.map((run) => run.auditError).find((error) => error !== undefined);
  const difference = runs[0]?.difference;
  const { metricsFile, json } = flags;
  const result = { report, withoutSecrets, exitCode, ...(auditError === undefined ? {} : { auditError }) };
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

interface IngestSourceOptions {
  host: Host;
  terminal: Terminal;
  /** ms. */
  since?: number;
  isOneOfSeveral: boolean;
}

async function ingestSource(
  config: LoadedConfig,
  flags: IngestFlags,
  { host, terminal, since, isOneOfSeveral }: IngestSourceOptions,
): Promise<ApplyResult> {
  const allowMassDelete = flags.allowMassDelete ?? false;
  if (flags.plan !== undefined && config.workflow.sink?.type === 'file') throw fileHasNoPlan();
  const plan = flags.plan === undefined ? undefined : await readPlanFile(flags.plan, { config, host, allowMassDelete });
  const runId = runIdOf(config);
  const { serviceName } = config.workflow.source;
  terminal.setRun(runId);
  terminal.log('INFO', isOneOfSeveral ? `run ${runId} for ${serviceName}` : `run ${runId}`);
  const options = {
    host,
    terminal,
    runId,
    strict: flags.strict ?? false,
    showProgress: flags.progress,
    ...(flags.auditLog === undefined ? {} : { auditLog: flags.auditLog }),
  };
  const run: ApplyResult = plan
    ? await applyPlan(config, plan, options)
    : await runIngestion(config, {
        ...options,
        dryRun: flags.dryRun ?? false,
        full: flags.full ?? false,
        ...(flags.flow || flags.execution
          ? { only: { pipelines: flags.flow ?? [], runs: flags.execution ?? [] } }
          : {}),
        allowMassDelete,
        ...(flags.shard ? { shard: flags.shard } : {}),
        ...(flags.phase ? { phases: flags.phase } : {}),
        ...(since === undefined ? {} : { since }),
        ...(flags.namespace ? { namespaces: flags.namespace } : {}),
      });
  if (terminal.format === 'json') logReport(run.report, terminal);
  return run;
}

/** Of several sources one report. */
function merged(reports: RunReport[]): RunReport {
  return reports.length === 1 ? reports[0]! : mergeReports(reports);
}

/** A part of the flows says nothing about what follows from all of them. */
function refuseWholePhases({ shard, phase = [] }: IngestFlags): void {
  const whole = phase.filter((each) => !shardedPhases.includes(each));
  if (!shard || whole.length === 0) return;
  throw new UsageError(
    `--shard has no phase ${whole.join(' and no phase ')}: that needs to know all flows`,
    `Run --phase ${whole.join(',')} once, without --shard, when all shards have ended.`,
  );
}

function fileHasNoCatalog(): UsageError {
  return new UsageError(
    'without the phase entities, OpenMetadata is asked which pipelines it has, and the sink is a file',
    'Add entities to --phase.',
  );
}
