import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RunReport } from '@flowmeta/connector';
import { UsageError } from '../usage-error.js';
import { checkDirectory, kindOf, writeWhole } from './report-files.js';

/** Refuses a file that could not be written at the end, or that the collector would leave alone. */
export async function checkMetricsFile(file: string, directory: string): Promise<void> {
  const option = `--metrics-file ${file}`;
  if (!file.endsWith('.prom'))
    throw new UsageError(`${option}: the textfile collector reads no such file`, 'Let its name end in .prom.');
  await checkDirectory(option, resolve(directory, file));
}

/** Writes the report as metrics for a textfile collector. The last success of the file that is there is kept. */
export async function writeMetricsFile(report: RunReport, file: string, directory: string): Promise<void> {
  const path = resolve(directory, file);
  const { prometheusText } = await import('@flowmeta/report');
  // A pipe has nothing to remember, and would be waited for.
  const previous = (await kindOf(path)) === 'file' ? await readFile(path, 'utf8') : undefined;
  await writeWhole(path, prometheusText(report, previous === undefined ? {} : { previous }));
}
