import { describe, expect, it } from 'vitest';
import { orAborted } from './or-aborted.js';

describe('orAborted', () => {
  it('has the outcome of the promise when nothing is aborted', async () => {
    const { signal } = new AbortController();
    await expect(orAborted(Promise.resolve(1), signal)).resolves.toBe(1);
    await expect(orAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
    await expect(orAborted(Promise.resolve(2), undefined)).resolves.toBe(2);
  });

  it('rejects with the reason at once, before and during the wait', async () => {
    const never = new Promise<never>(() => {});
    const reason = new Error('enough');
    await expect(orAborted(never, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = orAborted(never, controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
