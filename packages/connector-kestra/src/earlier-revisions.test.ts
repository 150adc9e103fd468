import type { KestraFlow } from '@flowmeta/kestra-client';
import { describe, expect, it } from 'vitest';
import { earlierRevisions } from './earlier-revisions.js';

const log = 'io.kestra.plugin.core.log.Log';
const flowOf = (revision: number, over: Partial<KestraFlow> = {}): KestraFlow => ({
  namespace: 'a',
  id: 'f',
  revision,
  disabled: false,
  deleted: false,
  labels: [],
  inputs: [],
  tasks: [{ id: 'outer', type: 'io.kestra.plugin.core.flow.Parallel', tasks: [{ id: `log${revision}`, type: log }] }],
  errors: [{ id: 'tell', type: log }],
  finally: [],
  afterExecution: [],
  triggers: [],
  ...over,
});

/** A client that knows what it is given, and counts. */
function clientOf(answer: (revision: number) => KestraFlow | undefined) {
  const asked: number[] = [];
  return {
    asked,
    flow: async (_namespace: string, _id: string, { revision = 0 }: { revision?: number } = {}) => {
      asked.push(revision);
      return answer(revision);
    },
  };
}

const of = (revision: number) => ({ namespace: 'a', id: 'f', revision });
const { signal } = new AbortController();

describe('an earlier revision', () => {
  it('tells the types of its tasks, nested ones and those of other branches too', async () => {
    const revisions = earlierRevisions(clientOf(flowOf), { limit: 9, signal });
    expect([...(await revisions.tasksOf(of(3)))!]).toEqual([
      ['outer', 'io.kestra.plugin.core.flow.Parallel'],
      ['log3', log],
      ['tell', log],
    ]);
  });

  it('is read from its YAML where the server can not parse it', async () => {
    const source = 'id: f\nnamespace: a\ntasks:\n  - {id: q, type: com.acme.Gone}\n';
    const client = clientOf((revision) => flowOf(revision, { tasks: [], errors: [], exception: 'no plugin', source }));
    expect([...(await earlierRevisions(client, { limit: 1, signal }).tasksOf(of(1)))!]).toEqual([
      ['q', 'com.acme.Gone'],
    ]);
  });

  it('is asked for once, by as many as want it', async () => {
    const client = clientOf(flowOf);
    const revisions = earlierRevisions(client, { limit: 1, signal });
    await Promise.all([revisions.tasksOf(of(1)), revisions.tasksOf(of(1))]);
    expect(client.asked).toEqual([1]);
    expect(revisions.isExhausted).toBe(false);
  });

  it('is not known, and not asked for, beyond the limit', async () => {
    const client = clientOf(flowOf);
    const revisions = earlierRevisions(client, { limit: 1, signal });
    await revisions.tasksOf(of(1));
    expect(await revisions.tasksOf(of(2))).toBeUndefined();
    expect(client.asked).toEqual([1]);
    expect(revisions.isExhausted).toBe(true);
  });

  it.each<[string, (revision: number) => KestraFlow | undefined]>([
    ['is gone', () => undefined],
    ['is answered with another one', () => flowOf(9)],
    ['can be parsed by nobody', (revision) => flowOf(revision, { exception: 'broken', tasks: [] })],
    [
      'is refused',
      () => {
        throw new Error('500');
      },
    ],
  ])('is not known, once and for all, where it %s', async (_, answer) => {
    const client = clientOf(answer);
    const revisions = earlierRevisions(client, { limit: 9, signal });
    expect(await revisions.tasksOf(of(1))).toBeUndefined();
    expect(await revisions.tasksOf(of(1))).toBeUndefined();
    expect(client.asked).toEqual([1]);
  });

  it('rejects with the reason when the read is aborted', async () => {
    const end = new AbortController();
    const client = clientOf(() => {
      end.abort(new Error('left'));
      throw new Error('aborted');
    });
    await expect(earlierRevisions(client, { limit: 9, signal: end.signal }).tasksOf(of(1))).rejects.toThrow('left');
  });
});
