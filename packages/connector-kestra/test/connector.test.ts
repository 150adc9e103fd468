import { describe, expect, it } from 'vitest';
import { kestraConfigSchema } from '../src/config.js';
import { connectKestra } from '../src/connector.js';
import { recordedClient, snapshot } from './recorded-client.js';

const config = kestraConfigSchema.parse({ hostPort: 'https://kestra.example.com' });
const context = { now: () => Date.UTC(2026, 10, 22, 12), serviceName: 'kestra' };
const of = snapshot('1.0.3');
const window = { since: Date.UTC(2026, 10, 22), until: Date.UTC(2026, 10, 23) };

/** A connector whose client remembers the last signal it was given. */
function watched() {
  let last: AbortSignal | undefined;
  let isClosed = false;
  const client = recordedClient(of, {
    server: async ({ signal } = {}) => {
      last = signal;
      return of.server;
    },
    close: async () => {
      isClosed = true;
    },
  });
  return { connector: connectKestra(client, config, context), signal: () => last, isClosed: () => isClosed };
}

describe('a connection', () => {
  it('calls requests off that are under way when a read or a check is left early', async () => {
    const { connector, signal } = watched();
    for await (const _event of connector.read(window)) break;
    expect(signal()?.aborted).toBe(true);
    for await (const _step of connector.check()) {
      expect(signal()?.aborted).toBe(false);
      break;
    }
    expect(signal()?.aborted).toBe(true);
  });

  it('ends a check with the reason of the signal', async () => {
    const reason = new Error('stop');
    const check = watched().connector.check({ signal: AbortSignal.abort(reason) });
    await expect(check[Symbol.asyncIterator]().next()).rejects.toBe(reason);
  });

  it('closes its client', async () => {
    const { connector, isClosed } = watched();
    await connector.close();
    expect(isClosed()).toBe(true);
    await expect(connector.read(window)[Symbol.asyncIterator]().next()).rejects.toThrow('closed');
  });
});
