import { digestOf, formatVersion, readDocument, type Scopes, writeDocument } from './document.js';
import { codeOf, readText, replaceFile, targetOf } from './file.js';
import { takeLock } from './lock.js';
import { type Memory, type OpenMemoryOptions, StateError } from './types.js';

/**
 * Opens the memory of one scope and locks its file until `close`. A file that is damaged is told of and counts as none.
 *
 * @throws StateError when another run has it, a newer program wrote it, it is something else, or nothing can be written there.
 */
export async function openMemory({ path: given, scope, now, warn }: OpenMemoryOptions): Promise<Memory> {
  const path = await targetOf(given);
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
  const save = () => {
    const write = async () => {
      if (await lock.isLost()) throw takenOver(path);
      await replaceFile(path, writeDocument(scopes));
    };
    const written = writing.then(write, write);
    writing = written;
    return written;
  };
  return {
    last: scopes.remembered.get(scope),
    backfilled: scopes.backfilled.get(scope),
    digest: digestOf,
    save(remembered) {
      scopes.remembered.set(scope, remembered);
      return save();
    },
    saveBackfilled(backfilled) {
      scopes.backfilled.set(scope, backfilled);
      return save();
    },
    async close() {
      await writing.catch(() => undefined);
      await lock.release();
    },
  };
}

/** Looks at what backfills of a scope have left, without a lock: for a preview. A file that can't be used counts as none. */
export async function readBackfilled({
  path,
  scope,
}: Pick<OpenMemoryOptions, 'path' | 'scope'>): Promise<Pick<Memory, 'backfilled' | 'digest'>> {
  const text = await readText(path).catch(() => undefined);
  const document = text === undefined ? undefined : readDocument(text);
  const backfilled = document?.kind === 'usable' ? document.scopes.backfilled.get(scope) : undefined;
  return { backfilled, digest: digestOf };
}

const nothing = (): Scopes => ({ remembered: new Map(), backfilled: new Map() });

async function readScopes(path: string, warn: (message: string) => void): Promise<Scopes> {
  const damaged = (why: string): Scopes => {
    warn(`The state in ${path} can't be used (${why}): everything is read in full.`);
    return nothing();
  };
  let text: string | undefined;
  try {
    text = await readText(path);
  } catch (error) {
    if (codeOf(error) === 'EISDIR') throw unusable(path, error);
    return damaged(codeOf(error) ?? String(error));
  }
  if (text === undefined) return nothing();
  const document = readDocument(text);
  switch (document.kind) {
    case 'usable':
      return document.scopes;
    case 'damaged':
      return damaged(document.why);
    case 'foreign':
      throw new StateError(`${path} is no state of Flowmeta: it stays as it is`, {
        hint: 'Name another file in workflowConfig.state.path, or remove this one.',
      });
    case 'newer':
      throw new StateError(
        `The state in ${path} was written by a newer Flowmeta: it has version ${document.formatVersion}, this one knows ${formatVersion}`,
        { hint: 'Use the newer Flowmeta, or another file for this one.' },
      );
  }
}

function takenOver(path: string): StateError {
  return new StateError(`Another run has taken over the state in ${path} meanwhile, as if this one had died`, {
    hint: 'Was this process, or its machine, halted for minutes? Nothing is lost: the next run reads again what this one has written.',
    isTaken: true,
  });
}

function unusable(path: string, cause: unknown): StateError {
  return new StateError(`The state can't be kept in ${path} (${codeOf(cause) ?? cause})`, {
    hint: 'Name a file in an existing directory that can be written, in workflowConfig.state.path.',
    cause,
  });
}
