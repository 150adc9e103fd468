import { resolve } from 'node:path';
import { createPlanner, type Plan } from '@flowmeta/om-sink';
import { createRedactor } from '@flowmeta/redact';
import { loadConfig } from '../config/load-config.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { askForTenants } from '../run/list-tenants.js';
import { planBasis, planFileText } from '../run/plan-file.js';
import { runIngestion } from '../run/run-ingestion.js';
import { parseSince, sinceOf } from '../run/since.js';
import { colorsFor } from '../terminal/colors.js';
import type { LogLevel } from '../terminal/log-levels.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { planText } from './plan-text.js';
import { checkDirectory, writeWhole } from './report-files.js';

export interface PlanFlags {
  config: string;
  source?: string;
  since?: string;
  namespace?: string[];
  allowMassDelete?: boolean;
  json?: boolean;
  output?: string;
  logLevel?: LogLevel;
  progress: boolean;
}

/** What a run would write now, of what OpenMetadata has now. Exit code 10 where that is anything. */
export async function planCommand(flags: PlanFlags, host: Host, terminal: Terminal): Promise<number> {
  const until = host.now();
  const since = flags.since === undefined ? undefined : parseSince(flags.since, until);
  const { environment, directory } = host;
  const output = flags.output === undefined ? undefined : resolve(directory, flags.output);
  if (output) await checkDirectory(`--output ${flags.output}`, output);
  const config = await loadConfig(flags.config, {
    environment,
    directory,
    source: flags.source,
    tenantsOf: askForTenants({ host, terminal }),
  });
  terminal.setLevel(flags.logLevel ?? config.workflow.workflowConfig.loggerLevel ?? 'INFO');
  for (const warning of config.warnings) terminal.log('WARN', warning);
  if (config.workflow.sink?.type === 'file') throw fileHasNoPlan();

  const window = { since: since ?? sinceOf(config, until), until };
  const planner = createPlanner({ hide: createRedactor(config.secrets).value });
  const { report, hide, exitCode } = await runIngestion(config, {
    host,
    terminal,
    dryRun: true,
    planner,
    allowMassDelete: flags.allowMassDelete ?? false,
    showProgress: flags.progress,
    ...window,
    ...(flags.namespace ? { namespaces: flags.namespace } : {}),
  });
  const plan = hide(planner.plan());
  const { skipped, failed, warnings, error } = hide(report);
  const basis = planBasis(config, {
    window,
    namespaces: flags.namespace ?? [],
    allowMassDelete: flags.allowMassDelete ?? false,
  });
  const json = planFileText({
    basis,
    outcome: report.outcome,
    ...plan,
    skipped,
    failed,
    warnings,
    ...(error ? { error } : {}),
    writes: planner.writes(),
  });
  if (output) await writeWhole(output, json);
  if (flags.json) terminal.printData(json);
  else terminal.print(planText(plan, { report, colors: colorsFor(host.stdout, host) }));
  if (exitCode !== exitCodes.done) return exitCode;
  return isEmpty(plan) ? exitCodes.done : exitCodes.threshold;
}

export function fileHasNoPlan(): UsageError {
  return new UsageError('a plan needs OpenMetadata', 'The file of the sink has each request already.');
}

function isEmpty({ service, pipelines, edges, tags, runs }: Plan): boolean {
  return service === undefined && pipelines.length + edges.length + tags.length + runs.length === 0;
}
