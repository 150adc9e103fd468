import { randomUUID } from 'node:crypto';
import { link, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { pid } from 'node:process';
import { z } from 'zod';
import { codeOf, readText, removeFile } from './file.js';
import { StateError } from './types.js';

export interface Lock {
  /** Safe to call twice. */
  release(): Promise<void>;
}

const ownerSchema = z.object({ pid: z.number(), host: z.string(), startedAt: z.string(), token: z.string() });

/** A lock of another host that nobody has touched for so long is one whose owner was killed, ms. */
const abandonedAfter = 600_000;
/** How often the owner touches it, ms. */
const heartbeat = 30_000;
const attempts = 5;

/** What this process holds: its own locks are no remains of an earlier process with its number. */
const held = new Set<string>();

/**
 * Takes the lock file, or throws a `StateError` that says who has it. One whose owner is gone is taken over: on this host that is
 * known from the process number, on another one from a heartbeat that has stopped.
 */
export async function takeLock(path: string, { now }: { now: () => number }): Promise<Lock> {
  const token = randomUUID();
  const text = `${JSON.stringify({ pid, host: hostname(), startedAt: new Date(now()).toISOString(), token })}\n`;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    if (await create(path, text)) return hold(path, token);
    const found = await readText(path);
    if (found === undefined) continue;
    if (held.has(path) || !(await isAbandoned(path, found))) throw taken(path, found);
    await takeAway(path, { found, token });
  }
  throw taken(path, (await readText(path)) ?? '');
}

/** True when there was none: of two processes, one makes it. The text is there from its first moment. */
async function create(path: string, text: string): Promise<boolean> {
  const own = `${path}.${randomUUID()}`;
  try {
    await writeFile(own, text, { mode: 0o600 });
    await link(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (codeOf(error) !== 'EPERM' && codeOf(error) !== 'ENOTSUP') throw error;
    // A file system without links.
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
  if (owner !== undefined && owner.host === hostname()) return owner.pid === pid || !isAlive(owner.pid);
  return (await silence(path)) > abandonedAfter;
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

/** Moves it aside; if another process was quicker and made its own meanwhile, that one is put back. */
async function takeAway(path: string, { found, token }: { found: string; token: string }): Promise<void> {
  const aside = `${path}.${token}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await readText(aside)) !== found) await link(aside, path).catch(() => undefined);
  await removeFile(aside);
}

function hold(path: string, token: string): Lock {
  held.add(path);
  let released = false;
  // Both instants by one clock: whoever compares them has no other.
  const beat = setInterval(() => void touch(path).catch(() => undefined), heartbeat);
  beat.unref();
  return {
    async release() {
      if (released) return;
      released = true;
      clearInterval(beat);
      held.delete(path);
      // Somebody who thought us dead may have it by now.
      if (ownerOf((await readText(path)) ?? '')?.token === token) await removeFile(path);
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
