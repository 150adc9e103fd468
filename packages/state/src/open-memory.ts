import { digestOf, formatVersion, readDocument, type Scopes, writeDocument } from './document.js';
import { codeOf, readText, replaceFile } from './file.js';
import { takeLock } from './lock.js';
import { type Memory, type OpenMemoryOptions, type Remembered, StateError } from './types.js';

/**
 * Opens the memory of one scope and locks its file until `close`. A file that is damaged is told of and counts as none.
 *
 * @throws StateError when another run has it, a newer program wrote it, or nothing can be written there.
 */
export async function openMemory({ path, scope, now, warn }: OpenMemoryOptions): Promise<Memory> {
  const lock = await takeLock(`${path}.lock`, { now }).catch((error: unknown) => {
    throw error instanceof StateError ? error : unusable(path, error);
  });
  let scopes: Scopes;
  try {
    scopes = await readScopes(path, warn);
  } catch (error) {
    await lock.release();
    throw error;
  }
  let writing: Promise<void> = Promise.resolve();
  return {
    last: scopes.get(scope),
    digest: digestOf,
    save(remembered: Remembered) {
      scopes.set(scope, remembered);
      const write = () => replaceFile(path, writeDocument(scopes));
      const written = writing.then(write, write);
      writing = written;
      return written;
    },
    async close() {
      await writing.catch(() => undefined);
      await lock.release();
    },
  };
}

async function readScopes(path: string, warn: (message: string) => void): Promise<Scopes> {
  const damaged = (why: string): Scopes => {
    warn(`The state in ${path} can't be used (${why}): everything is read in full.`);
    return new Map();
  };
  let text: string | undefined;
  try {
    text = await readText(path);
  } catch (error) {
    if (codeOf(error) === 'EISDIR') throw unusable(path, error);
    return damaged(codeOf(error) ?? String(error));
  }
  if (text === undefined) return new Map();
  const document = readDocument(text);
  switch (document.kind) {
    case 'usable':
      return document.scopes;
    case 'damaged':
      return damaged(document.why);
    case 'newer':
      throw new StateError(
        `The state in ${path} was written by a newer Flowmeta: it has version ${document.formatVersion}, this one knows ${formatVersion}`,
        { hint: 'Use the newer Flowmeta, or another file for this one.' },
      );
  }
}

function unusable(path: string, cause: unknown): StateError {
  return new StateError(`The state can't be kept in ${path} (${codeOf(cause) ?? cause})`, {
    hint: 'Name a file in an existing directory that can be written, in workflowConfig.state.path.',
    cause,
  });
}
