import type { SourceEvent } from '@flowmeta/connector';
import { createKestraClient, type KestraClientOptions } from '@flowmeta/kestra-client';
import { type Fault, generateDataset, type Sandbox, startKestraSandbox } from '@flowmeta/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { kestraConfigSchema } from '../src/config.js';
import { connectKestra } from '../src/connector.js';

// A Kestra that dies in the middle of a read of 500 flows. Waits are short here, their order is that of the defaults.

const flows = 500;
const retry = { baseDelayMs: 2, maxDelayMs: 20 };
const patient = { probeAfterMs: 20, patienceMs: 60_000 };
const withoutCircuit = { failures: Number.POSITIVE_INFINITY, requests: Number.POSITIVE_INFINITY };
/** Twenty failures say that the server is gone; seven more may be under way then. */
const mostBeforeWaiting = 20 + 7;

let sandbox: Sandbox | undefined;

afterEach(() => sandbox?.close());

const effects: [string, Fault['effect']][] = [
  ['hangs up', { kind: 'drop' }],
  ['answers 503', { kind: 'status', status: 503 }],
];

/** Reads from a server that dies after its 200th request; `onFailed` is told how many requests it has had since. */
async function readDying(
  effect: Fault['effect'],
  { circuit, onFailed }: { circuit: NonNullable<KestraClientOptions['circuit']>; onFailed?: (since: number) => void },
) {
  const server = await startKestraSandbox({
    dataset: generateDataset({ flows, tasks: 2, runs: 0 }),
    faults: [{ after: 200, effect }],
  });
  sandbox = server;
  let tries = 0;
  const client = createKestraClient({
    url: server.url,
    retry,
    circuit,
    onAttempt: () => {
      tries += 1;
      if (tries > 200) onFailed?.(tries - 200);
    },
  });
  const connector = connectKestra(client, kestraConfigSchema.parse({ hostPort: server.url }), {
    now: () => 0,
    serviceName: 'kestra',
  });
  const events: SourceEvent[] = [];
  let error: unknown;
  try {
    for await (const event of connector.read({ since: 0, until: 1, runs: false })) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  await connector.close();
  const sinceDeath = server.requests.length - 200;
  await server.close();
  return { events, error, sinceDeath };
}

describe.each(effects)('a Kestra that dies in the middle of a read, and %s', (_name, effect) => {
  it('ends the read with an error that says so, after fewer requests than retries alone would send', async () => {
    const { error, events, sinceDeath } = await readDying(effect, { circuit: { ...patient, patienceMs: 10 } });
    expect(error).toMatchObject({ kind: 'circuit-open', verdict: 'fatal' });
    expect((error as Error).message).toMatch(/failed \d+ times in a row/);
    expect(events.some(({ kind }) => kind === 'listed' || kind === 'checkpoint')).toBe(false);
    const before = await readDying(effect, { circuit: withoutCircuit });
    expect(before.error).toMatchObject({ verdict: 'fatal' });
    expect(sinceDeath).toBeLessThan(before.sinceDeath);
    expect(sinceDeath).toBeLessThanOrEqual(mostBeforeWaiting + 2);
  });

  it('and comes back in time, is read as if nothing had been', async () => {
    const { error, events } = await readDying(effect, {
      circuit: patient,
      onFailed: (since) => {
        if (since === mostBeforeWaiting + 3) sandbox!.setFaults([]);
      },
    });
    expect(error).toBeUndefined();
    expect(events.filter(({ kind }) => kind === 'pipeline')).toHaveLength(flows);
    expect(events.filter(({ kind }) => kind === 'skipped' || kind === 'warning')).toEqual([]);
    expect(events.filter(({ kind }) => kind === 'listed')).toHaveLength(1);
    const degraded = events.filter((event) => event.kind === 'pipeline' && 'degraded' in event.pipeline);
    expect(degraded).toEqual([]);
  });
});
