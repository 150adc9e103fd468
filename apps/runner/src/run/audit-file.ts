import { appendFileSync, closeSync, fstatSync, fsyncSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AuditEntry } from '@flowmeta/om-sink';
import type { Host } from '../host.js';
import { UsageError } from '../usage-error.js';

/** A file that gets one line of JSON per write. */
export interface AuditFile {
  /** The line is in the file when this returns: a run that is killed must not take it along. Never throws. */
  write(entry: AuditEntry): void;
  /** Flushes and closes. Answers the first error that kept a line out of the file. */
  close(): unknown;
}

/** Opens a file to append to, so that several runs may share it. Throws a `UsageError` if it can't be. */
export function openAuditFile(file: string, { host, hide }: { host: Host; hide: <T>(value: T) => T }): AuditFile {
  let failure: unknown;
  let isOpen = true;
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      failure ??= error;
    }
  };
  const descriptor = openToAppend(file, host);
  return {
    write(entry) {
      // A request that nobody waits for any more may still end; by then the number may stand for another file.
      if (isOpen) attempt(() => appendFileSync(descriptor, `${JSON.stringify(hide(entry))}\n`));
    },
    close() {
      if (!isOpen) return failure;
      isOpen = false;
      attempt(() => {
        if (fstatSync(descriptor).isFile()) fsyncSync(descriptor);
      });
      attempt(() => closeSync(descriptor));
      return failure;
    },
  };
}

function openToAppend(file: string, { directory }: Host): number {
  try {
    const descriptor = openSync(resolve(directory, file), 'a+');
    if (endsInTheMiddle(descriptor)) appendFileSync(descriptor, '\n');
    return descriptor;
  } catch (error) {
    throw new UsageError(
      `--audit-log ${file}: it can not be written (${(error as NodeJS.ErrnoException).code})`,
      'Name a file in an existing directory.',
    );
  }
}

/** Whether the last line was cut off, e.g. by a full disk: ours must not be glued to it. */
function endsInTheMiddle(descriptor: number): boolean {
  const status = fstatSync(descriptor);
  if (!status.isFile() || status.size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, status.size - 1);
  return last.toString() !== '\n';
}
