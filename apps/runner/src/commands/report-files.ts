import { constants } from 'node:fs';
import { access, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
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

/** Refuses a file that is a directory, or whose directory can not be written to; `option` is what the user wrote. */
export async function checkDirectory(option: string, path: string): Promise<void> {
  const kind = await kindOf(path);
  if (kind === 'directory') throw new UsageError(`${option}: this is a directory`, 'Name a file in it.');
  if (kind === 'other') return;
  try {
    await access(dirname(path), constants.W_OK);
  } catch {
    throw new UsageError(`${option}: its directory does not exist or is not writable`, 'Make it first.');
  }
}

/** What stands there, by whatever link; `undefined` for nothing. */
export async function kindOf(path: string): Promise<'file' | 'directory' | 'other' | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isDirectory() ? 'directory' : found.isFile() ? 'file' : 'other';
}

/** Writes the report to each file, in the format that its name says. */
export async function writeReportFiles(report: RunReport, files: string[], directory: string): Promise<void> {
  for (const file of files) {
    await writeWhole(resolve(directory, file), await renderers[extname(file).toLowerCase()]!(report));
  }
}

/**
 * Writes a file so that a reader never sees half of it. A pipe or a device is written to, and not replaced by a file; of a link,
 * the file that it leads to is replaced.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const unfinished = `${target}.${process.pid}.tmp`;
  try {
    if ((await kindOf(target)) === 'other') return await writeFile(target, text);
    await writeFile(unfinished, text);
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw new Error(`${path} can not be written (${(error as NodeJS.ErrnoException).code ?? error})`, { cause: error });
  }
}
