import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, readlink, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { pid } from 'node:process';
import { z } from 'zod';
import { codeOf, readText, removeFile, replaceFile } from './file.js';
import { StateError } from './types.js';

export interface Lock {
  /** Whether somebody who thought us dead has it by now. */
  isLost(): Promise<boolean>;
  /** Safe to call twice. */
  release(): Promise<void>;
}

const ownerSchema = z.object({
  pid: z.number(),
  host: z.string(),
  /** As `processSpace` told it. */
  space: z.string().optional(),
  startedAt: z.string(),
  token: z.string(),
});

/** A lock of another host that nobody has touched for so long is one whose owner was killed, ms. */
const abandonedAfter = 600_000;
/** How often the owner touches it, ms. */
const heartbeat = 30_000;
const attempts = 5;

/** The tokens of this process: its own locks are no remains of an earlier process with its number. */
const ours = new Set<string>();

/**
 * Takes the lock file, or throws a `StateError` that says who has it. One whose owner is gone is taken over: on this host that is
 * known from the process number, on another one, or in another container, from a heartbeat that has stopped.
 */
export async function takeLock(path: string, { now }: { now: () => number }): Promise<Lock> {
  const token = randomUUID();
  const owner = { pid, host: hostname(), space: await processSpace(), startedAt: new Date(now()).toISOString(), token };
  const text = `${JSON.stringify(owner)}\n`;
  ours.add(token);
  try {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if (await create(path, text)) return hold(path, token);
      const found = await readText(path);
      if (found !== undefined && (await takeOver(path, { found, text }))) return hold(path, token);
    }
    throw taken(path, (await readText(path)) ?? '');
  } catch (error) {
    ours.delete(token);
    throw error;
  }
}

/**
 * Puts `text` in the place of an abandoned lock; false when that has changed meanwhile. Whoever makes the claim file that is named after
 * the abandoned text is the only one to replace it, and one who died with a claim is followed by a claim on his. The name belongs to one
 * text for ever, so a process that comes late with what it once read can only find that the lock has another text by now.
 */
async function takeOver(path: string, { found, text }: { found: string; text: string }): Promise<boolean> {
  const abandoned: string[] = [];
  let claim = await claimOn(path, { path, text: found });
  while (!(await create(claim, text))) {
    const claimed = await readText(claim);
    if (claimed === undefined) return false;
    abandoned.push(claim);
    claim = await claimOn(claim, { path, text: claimed });
  }
  try {
    if ((await readText(path)) !== found) return false;
    await replaceFile(path, text);
  } finally {
    await removeFile(claim);
  }
  for (const file of abandoned) await removeFile(file);
  return true;
}

/** Where to claim what stands in this file, the lock or a claim; throws when its owner is there. */
async function claimOn(file: string, { path, text }: { path: string; text: string }): Promise<string> {
  if (!(await isAbandoned(file, text))) throw taken(path, text);
  return `${path}.${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

/** What file systems without links answer to one. */
const linkless: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** True when there was none: of two processes, one makes it. The text is there from its first moment. */
async function create(path: string, text: string): Promise<boolean> {
  const own = `${path}.${randomUUID()}`;
  try {
    await writeFile(own, text, { mode: 0o600 });
    await link(own, path);
    return true;
  } catch (error) {
    // It is ours where the answer was lost on the network, and the link was tried again.
    if (codeOf(error) === 'EEXIST') return (await readText(path)) === text;
    if (!linkless.has(codeOf(error) ?? '')) throw error;
    return createExclusively(path, text);
  } finally {
    await removeFile(own);
  }
}

async function createExclusively(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(path: string, found: string): Promise<boolean> {
  const owner = ownerOf(found);
  if (owner !== undefined && owner.host === hostname()) {
    const here = await processSpace();
    // Without one it is of an older version.
    if ((owner.space ?? here) === here) return owner.pid === pid ? !ours.has(owner.token) : !isAlive(owner.pid);
  }
  return (await silence(path)) > abandonedAfter;
}

/**
 * Within what a process number means one process: containers may share the name of their host and each have a process 1, and after a
 * restart of the host a number is another's. `undefined` where the system doesn't tell.
 */
async function processSpace(): Promise<string | undefined> {
  try {
    const [boot, space] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readlink('/proc/self/ns/pid'),
    ]);
    return `${boot.trim()} ${space}`;
  } catch {
    return undefined;
  }
}

function isAlive(process: number): boolean {
  try {
    globalThis.process.kill(process, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** How long nobody has touched the file, ms, by the clock of its file system; for ever if it is gone. */
async function silence(path: string): Promise<number> {
  const probe = `${path}.${randomUUID()}`;
  try {
    await writeFile(probe, '');
    return (await stat(probe)).mtimeMs - (await stat(path)).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return Number.POSITIVE_INFINITY;
    throw error;
  } finally {
    await removeFile(probe);
  }
}

function hold(path: string, token: string): Lock {
  let released = false;
  // Both instants by one clock: whoever compares them has no other.
  const beat = setInterval(() => void touch(path).catch(() => undefined), heartbeat);
  beat.unref();
  return {
    async isLost() {
      const owner = ownerOf((await readText(path)) ?? '');
      return owner !== undefined && owner.token !== token;
    },
    async release() {
      if (released) return;
      released = true;
      clearInterval(beat);
      try {
        // Somebody who thought us dead may have it by now.
        if (ownerOf((await readText(path)) ?? '')?.token === token) await removeFile(path);
      } finally {
        ours.delete(token);
      }
    },
  };
}

async function touch(path: string): Promise<void> {
  const probe = `${path}.${randomUUID()}`;
  try {
    await writeFile(probe, '');
    const { mtime } = await stat(probe);
    await utimes(path, mtime, mtime);
  } finally {
    await removeFile(probe);
  }
}

function ownerOf(text: string): z.output<typeof ownerSchema> | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function taken(path: string, found: string): StateError {
  const owner = ownerOf(found);
  const who = owner ? `, process ${owner.pid} on ${owner.host} since ${owner.startedAt}` : '';
  return new StateError(`Another run is using the same state${who}`, {
    hint: `Wait until it has ended. If there is none any more, remove ${path}.`,
    isTaken: true,
  });
}
