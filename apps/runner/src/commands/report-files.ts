import { constants } from 'node:fs';
import { access, rename, writeFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import type { RunReport } from '@flowmeta/connector';
import { UsageError } from '../usage-error.js';

const renderers: Record<string, (report: RunReport) => Promise<string>> = {
  '.json': async (report) => (await import('@flowmeta/report')).renderJson(report),
  '.html': async (report) => (await import('@flowmeta/report')).renderHtml(report),
  '.md': async (report) => (await import('@flowmeta/report')).renderMarkdown(report),
};

/** Refuses report files that could not be written at the end, before anything is touched. */
export async function checkReportFiles(
  files: string[],
  directory: string,
  { option = '--report' }: { option?: string } = {},
): Promise<void> {
  for (const file of files) {
    if (!(extname(file).toLowerCase() in renderers)) {
      throw new UsageError(`${option} ${file}: unknown kind of file`, 'Let its name end in .json, .html or .md.');
    }
    await checkDirectory(`${option} ${file}`, resolve(directory, file));
  }
}

/** Refuses a file whose directory can not be written to; `option` is what the user wrote. */
export async function checkDirectory(option: string, path: string): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
  } catch {
    throw new UsageError(`${option}: its directory does not exist or is not writable`, 'Make it first.');
  }
}

/** Writes the report to each file, in the format that its name says. */
export async function writeReportFiles(report: RunReport, files: string[], directory: string): Promise<void> {
  for (const file of files) {
    await writeWhole(resolve(directory, file), await renderers[extname(file).toLowerCase()]!(report));
  }
}

/** Writes a file so that a reader never sees half of it. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`;
  await writeFile(unfinished, text);
  await rename(unfinished, path);
}
