import { type Connector, type ConnectorContext, hintOf, type SourceEvent, verdictOf } from '@flowmeta/connector';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry, type Isolation } from '../src/index.js';
import { directoryWith } from './acme.js';

const acme = '@acme/flowmeta-connector-acme';
let fixture: Awaited<ReturnType<typeof directoryWith>>;
beforeAll(async () => {
  fixture = await directoryWith({ name: acme });
});
afterAll(() => fixture.remove());

const open: Connector[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((connector) => connector.close()));
});

async function start(
  config: object,
  isolation: Isolation,
  context: Partial<ConnectorContext> = {},
): Promise<Connector> {
  const registry = createRegistry({ directory: fixture.directory, packages: [acme] });
  const connector = await registry.createConnector(
    'acme',
    { hostPort: 'http://acme.test', ...config },
    { now: () => Date.now(), serviceName: 'acme_prod', ...context },
    { isolation },
  );
  open.push(connector);
  return connector;
}

const window = { since: 1, until: 2 };

/** What a read yields until it ends, and the error that it ends with. */
async function readAll(connector: Connector, options: object = {}) {
  const events: SourceEvent[] = [];
  try {
    for await (const event of connector.read({ ...window, ...options })) events.push(event);
    return { events, error: undefined };
  } catch (error) {
    return { events, error: error as Error };
  }
}

describe.each(['worker', 'process'] as const)('a connector in a %s', (type) => {
  it('is read as one that is not isolated, and asks the host what only that knows', async () => {
    const asked: string[] = [];
    const requests: string[] = [];
    const debug: string[] = [];
    const changes: unknown[] = [];
    const connector = await start(
      {},
      { type },
      {
        onRequest: ({ path }) => requests.push(path),
        onAvailability: (change) => changes.push(change),
        debug: (text) => debug.push(text),
      },
    );
    expect(connector).toMatchObject({ name: 'acme', specVersion: 1, capabilities: { runs: true } });
    expect([connector.owns, connector.installedTypes]).toEqual([undefined, undefined]);
    const known = async (pipeline: string, fingerprint: string) => {
      asked.push(`${pipeline} ${fingerprint}`);
      return pipeline === 'job1' ? { tasks: ['a'] } : undefined;
    };
    const { events, error } = await readAll(connector, { known });
    expect(error).toBeUndefined();
    expect(events.map(({ kind }) => kind)).toEqual(['pipeline', 'unchanged', 'pipeline', 'warning', 'listed']);
    expect(asked).toEqual(['job0 f0', 'job1 f1', 'job2 f2']);
    expect(requests).toEqual(['/jobs/0', '/jobs/1', '/jobs/2']);
    expect(changes).toEqual([{ available: true, afterMs: 5 }]);
    expect(debug).toContain('opened for acme_prod');
    expect(await connector.exists?.({ name: 'job0' })).toBe('present');
    expect(await connector.exists?.({ name: 'job7' })).toBe('absent');
    const counts = await connector.countRuns?.([{ since: 1, until: 4 }], { namespaces: ['a', 'b'] });
    expect(counts).toEqual([{ runs: 3, requests: 2 }]);
    expect(await connector.tenants?.()).toEqual(['a', 'b']);
    expect((await readAll(connector)).events).toHaveLength(5);
  });

  it('has the clock of the host', async () => {
    const hostsNow = Date.UTC(2020, 0, 1);
    const connector = await start({}, { type }, { now: () => hostsNow });
    for await (const { message } of connector.check()) {
      const now = Number(/ at (\d+)/.exec(message)?.[1]);
      expect(Math.abs(now - hostsNow)).toBeLessThan(120_000);
    }
  });

  it('is asked for no more than the host takes', async () => {
    const connector = await start({ count: 5_000 }, { type });
    const requests: number[] = [];
    const slow = await start({ count: 5_000 }, { type }, { onRequest: () => requests.push(1) });
    let taken = 0;
    for await (const _ of slow.read(window)) {
      taken += 1;
      if (taken === 200) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(requests.length).toBeLessThan(400);
    expect((await readAll(connector, {})).events).toHaveLength(5_002);
  });

  it('keeps the verdict, the hint and the details of its errors', async () => {
    const { events, error } = await readAll(await start({ behaviour: 'fatal' }, { type }));
    expect(events).toHaveLength(3);
    expect([error?.message, verdictOf(error), hintOf(error)]).toEqual(['no such tenant', 'fatal', 'Check tenantId.']);
    expect(error).toMatchObject({ kind: 'tenant', status: 404 });
    const skipped = (await readAll(await start({ behaviour: 'skip' }, { type }))).events.find(
      ({ kind }) => kind === 'skipped',
    ) as Extract<SourceEvent, { kind: 'skipped' }>;
    expect([skipped.ref, skipped.error.message, verdictOf(skipped.error)]).toEqual(['job9', 'is broken', 'skip']);
    expect(skipped.error).toBeInstanceOf(Error);
  });

  it.each<[string, object, Partial<Isolation>, RegExp, RegExp]>([
    ['that ends in the middle', { behaviour: 'exit' }, {}, /^Acme has crashed: exit code 0$/, /fault of the connector/],
    [
      'that throws where nobody catches it',
      { behaviour: 'throw later' },
      {},
      /^Acme has crashed: thrown by nobody$/,
      /fault/,
    ],
    [
      'that needs too much memory',
      { behaviour: 'memory' },
      { maxMemory: 64 },
      /^Acme needed more than the memory of 64 MB that it may have/,
      /maxMemory/,
    ],
    ['that loops', { behaviour: 'loop' }, { timeout: 3_000 }, /^Acme gave no sign of life for 3 s/, /timeout/],
    ['that is silent', { behaviour: 'silence' }, { timeout: 3_000 }, /^Acme gave no sign of life/, /timeout/],
  ])('%s ends the read with a fatal error, after what had come', async (_what, config, limits, message, hint) => {
    const connector = await start(config, { type, ...limits });
    const { events, error } = await readAll(connector);
    expect(error?.message).toMatch(message);
    expect([verdictOf(error), hintOf(error)]).toEqual(['fatal', expect.stringMatching(hint)]);
    expect(events.map(({ kind }) => kind)).toEqual(['pipeline', 'pipeline', 'pipeline']);
    const again = await readAll(connector);
    expect(again).toEqual({ events: [], error });
    await expect(connector.exists?.({ name: 'job0' })).rejects.toBe(error);
    await connector.close();
  });

  it('that yields what can not be copied ends the read with an error', async () => {
    const { events, error } = await readAll(await start({ behaviour: 'odd' }, { type }));
    expect(events.map(({ kind }) => kind)).not.toContain('listed');
    expect(error?.message).toMatch(/could not be cloned/);
  });

  it('tells a crash as a failed step of the check', async () => {
    const connector = await start({ behaviour: 'crash in check' }, { type });
    const steps = [];
    for await (const step of connector.check()) steps.push(`${step.name} ${step.status}`);
    expect(steps).toEqual(['reach passed', 'isolation failed']);
  });

  it('that crashes while it is asked for one pipeline does not say that this is gone', async () => {
    const connector = await start({}, { type });
    await expect(connector.exists?.({ name: 'crash' })).rejects.toThrow('Acme has crashed');
  });

  it.each(['wait', 'silence', 'loop'])('stops when it is told to, also in: %s', async (behaviour) => {
    const connector = await start({ behaviour }, { type });
    const controller = new AbortController();
    const reason = new Error('enough');
    let seen = 0;
    const read = (async () => {
      for await (const _ of connector.read({ ...window, signal: controller.signal })) {
        seen += 1;
        if (seen === 3) setTimeout(() => controller.abort(reason));
      }
    })();
    await expect(read).rejects.toBe(reason);
    await connector.close();
    await connector.close();
    expect((await readAll(connector)).events).toEqual([]);
  });
});

describe('isolation', () => {
  it('is not for what is built in', async () => {
    const registry = createRegistry({ directory: fixture.directory, packages: [acme] });
    const builtIn = createRegistry({
      directory: fixture.directory,
      builtIn: { acme: () => registry.load('acme') },
    });
    await expect(
      builtIn.createConnector(
        'acme',
        { hostPort: 'http://acme.test' },
        { now: () => 0, serviceName: 'a' },
        {
          isolation: { type: 'worker' },
        },
      ),
    ).rejects.toThrow('Acme is built in, and can not be isolated');
  });
});
