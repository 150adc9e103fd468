import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

// A network file system that makes a link, loses its answer and tries again, as NFS does: the second try finds the first.

let openMemory: typeof import('../src/index.js').openMemory;
let isLost = true;
beforeAll(async () => {
  vi.doMock('node:fs/promises', async (original) => {
    const { link, ...rest } = await original<typeof import('node:fs/promises')>();
    return {
      ...rest,
      async link(from: string, to: string) {
        await link(from, to);
        if (isLost) await link(from, to);
      },
    };
  });
  vi.resetModules();
  ({ openMemory } = await import('../src/index.js'));
});
afterAll(() => {
  vi.doUnmock('node:fs/promises');
  vi.resetModules();
});

it('a lock that was made is held, though the answer says that it is there', async () => {
  const directory = await files.mkdtemp(join(tmpdir(), 'flowmeta-state-'));
  const open = () => openMemory({ path: join(directory, 'state.json'), scope: 'a', now: () => 0, warn: () => {} });
  const memory = await open();
  isLost = false;
  await expect(open()).rejects.toMatchObject({ isTaken: true });
  await memory.close();
  expect(await files.readdir(directory)).toEqual([]);
  await files.rm(directory, { recursive: true });
});
