import { type FileHandle, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The text of a file; `undefined` when there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Where a link leads to: a file that is replaced would take the link's place, and whoever names the file itself would miss the link's lock. */
export const targetOf = (path: string): Promise<string> => realpath(path).catch(() => path);

/** Replaces a file so that whatever happens there is the old text or the new one. Not to be called twice at a time. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** Makes the rename last; some systems can't, and lose at most this one write. */
async function syncDirectory(path: string): Promise<void> {
  let directory: FileHandle | undefined;
  try {
    directory = await open(path, 'r');
    await directory.sync();
  } catch {
    // Windows and some network file systems refuse.
  } finally {
    await directory?.close();
  }
}

/** One that is not there is none to remove. */
export const removeFile = (path: string): Promise<void> => rm(path, { force: true });

export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;
