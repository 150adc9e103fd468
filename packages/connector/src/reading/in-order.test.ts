import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { mapInOrder, untilAborted, untilLeft } from './in-order.js';

async function* count(to: number, onPull: (item: number) => void = () => {}) {
  for (let item = 0; item < to; item += 1) {
    onPull(item);
    yield item;
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

const turns = async (number: number) => {
  for (let turn = 0; turn < number; turn += 1) await Promise.resolve();
};

describe('mapInOrder', () => {
  it('yields in the order of the items, whoever is ready first', async () => {
    const results = mapInOrder(count(20), async (item) => turns((20 - item) * 5).then(() => item), 7);
    expect(await collect(results)).toEqual(Array.from({ length: 20 }, (_, item) => item));
  });

  it('works on as many at a time as it may, and on no more', async () => {
    let underWay = 0;
    let most = 0;
    const results = mapInOrder(
      count(50),
      async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await turns(10);
        underWay -= 1;
      },
      4,
    );
    await collect(results);
    expect(most).toBe(4);
  });

  it('pulls nothing ahead of a consumer that waits', async () => {
    const pulled: number[] = [];
    const results = mapInOrder(
      count(100, (item) => pulled.push(item)),
      async (item) => item,
      3,
    );
    await results.next();
    await turns(100);
    expect(pulled).toEqual([0, 1, 2]);
    await results.return(undefined);
  });

  it('rejects with the failure of an item in its turn, and closes the source', async () => {
    let isClosed = false;
    async function* source() {
      try {
        yield* count(10);
      } finally {
        isClosed = true;
      }
    }
    const seen: number[] = [];
    const run = async () => {
      const results = mapInOrder(
        source(),
        async (item) => (item < 3 ? item : Promise.reject(new Error(`item ${item}`))),
        5,
      );
      for await (const item of results) seen.push(item);
    };
    await expect(run()).rejects.toThrow('item 3');
    expect([seen, isClosed]).toEqual([[0, 1, 2], true]);
  });
});

describe('untilAborted', () => {
  it('yields everything when nothing is aborted', async () => {
    expect(await collect(untilAborted(count(3), new AbortController().signal))).toEqual([0, 1, 2]);
  });

  it('rejects with the reason while the source never answers', async () => {
    const controller = new AbortController();
    const never: AsyncIterable<number> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
    const next = untilAborted(never, controller.signal).next();
    const reason = new Error('stop');
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
  });

  it('gives the reason, not what the source made of it', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const failing: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          controller.abort(reason);
          throw new Error('request aborted');
        },
      }),
    };
    await expect(untilAborted(failing, controller.signal).next()).rejects.toBe(reason);
  });

  it('closes the source when it is left early', async () => {
    let isClosed = false;
    async function* source() {
      try {
        yield 1;
      } finally {
        isClosed = true;
      }
    }
    for await (const _item of untilAborted(source(), new AbortController().signal)) break;
    await turns(5);
    expect(isClosed).toBe(true);
  });
});

describe('a long read', () => {
  it('lets go of items that have been taken', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const first: WeakRef<object>[] = [];
    async function* items() {
      for (let count = 0; count < 100; count += 1) {
        const item = { count };
        if (count < 50) first.push(new WeakRef(item));
        yield item;
      }
    }
    let held = -1;
    for await (const { count } of untilAborted(items(), new AbortController().signal)) {
      if (count !== 99) continue;
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
      held = first.filter((item) => item.deref() !== undefined).length;
    }
    expect(held).toBe(0);
  });
});

describe('untilLeft', () => {
  async function* endless(signal: AbortSignal, seen: AbortSignal[]) {
    seen.push(signal);
    for (let index = 0; ; index += 1) yield index;
  }

  it('aborts what is under way when whoever reads leaves', async () => {
    const seen: AbortSignal[] = [];
    const outer = new AbortController();
    for await (const item of untilLeft(outer.signal, (signal) => endless(signal, seen))) {
      expect(seen[0]?.aborted).toBe(false);
      if (item === 2) break;
    }
    expect([seen[0]?.aborted, outer.signal.aborted]).toEqual([true, false]);
  });

  it('ends with the reason of the signal', async () => {
    const outer = new AbortController();
    const reason = new Error('enough');
    const items = untilLeft(outer.signal, (signal) => endless(signal, []));
    await items.next();
    outer.abort(reason);
    await expect(items.next()).rejects.toBe(reason);
  });
});
