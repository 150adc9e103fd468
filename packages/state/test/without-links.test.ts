import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';

// File systems without hard links, such as FAT and some network shares: all of the real one, but for what it answers to `link`.

let refusal = 'EPERM';
let openMemory: typeof import('../src/index.js').openMemory;
beforeAll(async () => {
  vi.doMock('node:fs/promises', async (original) => ({
    ...(await original<typeof import('node:fs/promises')>()),
    link: async () => {
      throw Object.assign(new Error(`${refusal}: link`), { code: refusal });
    },
  }));
  // Another test file may have imported the sources in this worker.
  vi.resetModules();
  ({ openMemory } = await import('../src/index.js'));
});
afterAll(() => {
  vi.doUnmock('node:fs/promises');
  vi.resetModules();
});

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-state-'));
});
afterEach(() => rm(directory, { recursive: true }));

const open = () => openMemory({ path: join(directory, 'state.json'), scope: 'a', now: () => 0, warn: () => {} });

it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])(
  'one run at a time has the lock where links are refused with %s',
  async (code) => {
    refusal = code;
    const memory = await open();
    expect(await readdir(directory)).toEqual(['state.json.lock']);
    await expect(open()).rejects.toMatchObject({
      message: expect.stringContaining(`process ${process.pid} on`),
      isTaken: true,
    });
    await memory.close();
    expect(await readdir(directory)).toEqual([]);
    await (await open()).close();
  },
);

it('a refusal of another kind is told', async () => {
  refusal = 'EIO';
  await expect(open()).rejects.toMatchObject({ message: expect.stringContaining('(EIO)'), isTaken: false });
  expect(await readdir(directory)).toEqual([]);
});
