import { createPlanner, createWriteGuard } from '@flowmeta/om-sink';
import { createRedactor } from '@flowmeta/redact';
import type { LoadedConfig } from '../config/load-config.js';
import { exitCodes } from '../exit-codes.js';
import { differenceOf, type PlanDifference } from './plan-difference.js';
import type { AppliedPlan } from './plan-file.js';
import { type IngestionResult, type RunIngestionOptions, runIngestion } from './run-ingestion.js';

export interface ApplyResult extends IngestionResult {
  /** Why nothing was written, if the world is not the plan's any more. */
  difference?: PlanDifference;
}

/**
 * Writes what a plan says. A dry run comes first: if it would write anything else, or less, nothing is written. What changes after
 * that is not written either, since only writes of the plan get through.
 */
export async function applyPlan(
  config: LoadedConfig,
  { file, basis, plan, writes }: AppliedPlan,
  options: RunIngestionOptions,
): Promise<ApplyResult> {
  const {
    auditLog: _,
    strict,
    ...shared
  } = {
    ...options,
    ...basis.window,
    namespaces: basis.namespaces,
    allowMassDelete: basis.allowMassDelete,
  };
  const { value: hide } = createRedactor(config.secrets);
  const planner = createPlanner({ hide });
  options.terminal.log('INFO', `checking the plan of ${new Date(basis.window.until).toISOString()}`);
  const check = await runIngestion(config, { ...shared, dryRun: true, planner });
  const { report } = check;
  if (report.outcome === 'failed' || report.outcome === 'interrupted') return check;

  const difference = differenceOf({ plan, writes }, { plan: hide(planner.plan()), writes: planner.writes() });
  const count = difference.findings.length;
  if (count > 0) {
    report.failed.push(...difference.findings);
    report.outcome = 'failed';
    report.error = {
      ref: file,
      message: `the plan does not fit any more: ${count} ${count === 1 ? 'difference' : 'differences'}, and nothing was written`,
      hint: 'Look at what has changed, and make a new plan.',
      count: 1,
    };
    return { ...check, exitCode: exitCodes.partial, difference };
  }
  return runIngestion(config, {
    ...shared,
    ...(options.auditLog === undefined ? {} : { auditLog: options.auditLog }),
    ...(strict === undefined ? {} : { strict }),
    guard: createWriteGuard(writes, { hide }),
  });
}
