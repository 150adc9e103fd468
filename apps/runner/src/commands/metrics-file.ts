import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RunReport } from '@flowmeta/connector';
import { writeWhole } from './report-files.js';

/** Writes the report as metrics for a textfile collector. The last success of the file that is there is kept. */
export async function writeMetricsFile(report: RunReport, file: string, directory: string): Promise<void> {
  const path = resolve(directory, file);
  const { prometheusText } = await import('@flowmeta/report');
  const previous = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  await writeWhole(path, prometheusText(report, previous === undefined ? {} : { previous }));
}
