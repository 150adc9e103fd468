import type { LoadedConfig } from '../config/load-config.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import type { IngestionResult } from '../run/run-ingestion.js';
import { defaultThreshold } from '../run/success.js';
import type { Terminal } from '../terminal/terminal.js';
import { writeMetricsFile } from './metrics-file.js';
import { writeReportFiles } from './report-files.js';
import { printSummary } from './summary.js';

export interface FinishOptions {
  config: LoadedConfig;
  host: Host;
  terminal: Terminal;
  /** Report files. */
  files: string[];
  metricsFile?: string | undefined;
  json?: boolean | undefined;
  inPlaceOfSummary?: () => void;
}

/** Shows what a run did, in the files and on the terminal; answers the exit code. */
export async function finishIngestion(result: Omit<IngestionResult, 'hide'>, options: FinishOptions): Promise<number> {
  const { report, withoutSecrets, exitCode, auditError } = result;
  const { config, host, terminal, files, metricsFile } = options;
  let written = true;
  const write = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      written = false;
      terminal.error({
        what: `${what} could not be written`,
        why: error instanceof Error ? error.message : `${error}`,
      });
    }
  };
  if (files.length > 0) await write('the report', () => writeReportFiles(withoutSecrets(), files, host.directory));
  if (auditError !== undefined) await write('the audit log', () => Promise.reject(auditError));
  if (metricsFile) {
    await write('the metrics', () => writeMetricsFile(withoutSecrets(), metricsFile, host.directory));
  }
  if (options.json) terminal.printData(`${JSON.stringify(withoutSecrets(), null, 2)}\n`);
  else if (options.inPlaceOfSummary) options.inPlaceOfSummary();
  else
    await printSummary(report, {
      host,
      terminal,
      threshold: config.workflow.workflowConfig.successThreshold ?? defaultThreshold,
    });
  return written || exitCode !== exitCodes.done ? exitCode : exitCodes.partial;
}
