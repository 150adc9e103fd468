import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RunReport } from '@flowmeta/connector';
import { mergeReports, parseRunReport } from '@flowmeta/report';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { checkReportFiles, writeReportFiles } from './report-files.js';
import { printSummary } from './summary.js';

export interface ReportMergeFlags {
  output?: string;
}

/** Makes one report of several, and shows its summary where no file is asked for. */
export async function reportMergeCommand(
  files: string[],
  flags: ReportMergeFlags,
  { host, terminal }: { host: Host; terminal: Terminal },
): Promise<number> {
  const output = flags.output === undefined ? [] : [flags.output];
  await checkReportFiles(output, host.directory, { option: '--output' });
  const merged = merge(await Promise.all(files.map((file) => readReport(file, host))));
  if (output.length === 0) await printSummary(merged, { host, terminal });
  await writeReportFiles(merged, output, host.directory);
  return exitCodes.done;
}

async function readReport(file: string, { directory }: Host): Promise<RunReport> {
  let text: string;
  try {
    text = await readFile(resolve(directory, file), 'utf8');
  } catch (error) {
    throw new UsageError(`${file} can not be read (${(error as NodeJS.ErrnoException).code})`, 'Check its name.');
  }
  try {
    return parseRunReport(text);
  } catch (error) {
    throw new UsageError(
      `${file}: ${(error as Error).message}`,
      'Give it reports that `flowmeta ingest --report FILE.json` has written.',
    );
  }
}

function merge(reports: RunReport[]): RunReport {
  try {
    return mergeReports(reports);
  } catch (error) {
    throw new UsageError(`the reports can not be merged: ${(error as Error).message}`, 'Leave one of them away.');
  }
}
