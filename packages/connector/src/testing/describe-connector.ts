import { afterEach, describe, expect, it } from 'vitest';
import type { Connector, ReadOptions } from '../connector.js';
import { specVersion } from '../connector.js';
import type { SourceEvent } from '../events.js';
import { checkViolations, differenceViolations, isInScope, streamViolations } from './stream-rules.js';

export interface ConformanceOptions {
  /** How the suite is called, e.g. `Kestra 1.0.3`. */
  name: string;
  /** Makes a connection to a source that holds at least one pipeline and, if the connector reads runs, one run in the window. */
  open: () => Connector | Promise<Connector>;
  /** The window that is read, ms. */
  window: { since: number; until: number };
  /** Makes a connection that can't work (wrong address, wrong password): its `check()` must say so without throwing. */
  openBroken?: () => Connector | Promise<Connector>;
}

/**
 * Declares the vitest suite that every connector passes: well-formed events in the promised order, the same answer
 * twice, options that narrow the read, an end that comes when it is asked for, and a `check()` that explains itself.
 *
 * @example
 * describeConnector({
 *   name: 'Acme',
 *   open: () => acmeConnector.open({ hostPort: server.url }, { now: () => 0, serviceName: 'acme' }),
 *   window: { since: Date.UTC(2026, 0, 1), until: Date.UTC(2026, 0, 2) },
 * });
 */
export function describeConnector({ name, open, window, openBroken }: ConformanceOptions): void {
  const opened: Connector[] = [];
  const connect = async (make = open) => {
    const connector = await make();
    opened.push(connector);
    return connector;
  };
  const readAll = async (connector: Connector, options: Partial<ReadOptions> = {}) =>
    collect(connector.read({ ...window, ...options }));

  describe(`${name}: what every connector promises`, () => {
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((connector) => connector.close()));
    });

    it('has a name and speaks this version of the interface', async () => {
      const connector = await connect();
      expect(connector.specVersion).toBe(specVersion);
      expect(connector.name).toMatch(/^[a-z][a-z0-9-]*$/);
    });

    it('yields well-formed events in the promised order', async () => {
      const events = await readAll(await connect());
      expect(streamViolations(events, window)).toEqual([]);
      expect(events.some((event) => event.kind === 'pipeline')).toBe(true);
    });

    it('yields only what its capabilities name, and does yield runs when they do', async () => {
      const connector = await connect();
      const events = await readAll(connector);
      const { runs = false, lineage = false, owners = false } = connector.capabilities;
      expect(events.some((event) => event.kind === 'run')).toBe(runs);
      if (!lineage) expect(events.filter((event) => event.kind === 'lineage')).toEqual([]);
      if (!owners)
        expect(events.filter((event) => event.kind === 'pipeline' && event.pipeline.owners.length > 0)).toEqual([]);
    });

    it('calls the source listed after the last pipeline, unless one could not be read', async () => {
      const events = await readAll(await connect());
      const unreadable = events.some((event) => event.kind === 'skipped');
      const listed = events.findIndex((event) => event.kind === 'listed');
      const lastPipeline = events.findLastIndex((event) => event.kind === 'pipeline');
      if (!unreadable || listed >= 0) expect(listed).toBeGreaterThan(lastPipeline);
    });

    it('answers the same twice, on one connection', async () => {
      const connector = await connect();
      expect(differenceViolations(await readAll(connector), await readAll(connector))).toEqual([]);
    });

    it('reads no runs when none are asked for', async () => {
      const events = await readAll(await connect(), { runs: false });
      expect(events.filter((event) => event.kind === 'run')).toEqual([]);
      expect(events.some((event) => event.kind === 'pipeline')).toBe(true);
    });

    it('yields no pipelines, and calls nothing listed, when only runs are asked for', async () => {
      const events = await readAll(await connect(), { pipelines: false });
      expect(events.filter((event) => event.kind === 'pipeline' || event.kind === 'listed')).toEqual([]);
    });

    it('keeps to the namespaces that are asked for', async () => {
      const connector = await connect();
      const namespace = firstNamespace(await readAll(connector, { runs: false }));
      if (namespace === undefined) return;
      const events = await readAll(connector, { namespaces: [namespace] });
      const scope = { namespaces: [namespace] };
      const outside = events.filter(
        (event) =>
          (event.kind === 'pipeline' && !isInScope(event.pipeline.namespace, scope)) ||
          (event.kind === 'listed' && event.scope.namespaces?.every((each) => isInScope(each, scope)) !== true),
      );
      expect(outside).toEqual([]);
      expect(events.some((event) => event.kind === 'pipeline')).toBe(true);
      expect(streamViolations(events, window)).toEqual([]);
    });

    it('yields nothing for a read that was called off before it began', async () => {
      const reason = new Error('called off');
      const read = (await connect()).read({ ...window, signal: AbortSignal.abort(reason) });
      await expect(read[Symbol.asyncIterator]().next()).rejects.toBe(reason);
    });

    it('ends a read with the reason of the signal soon after it is called off', { timeout: 5_000 }, async () => {
      const controller = new AbortController();
      const reason = new Error('called off');
      const read = (await connect()).read({ ...window, signal: controller.signal })[Symbol.asyncIterator]();
      expect((await read.next()).done).toBe(false);
      controller.abort(reason);
      await expect(read.next()).rejects.toBe(reason);
    });

    it('ends a read that is called off while it waits', { timeout: 5_000 }, async () => {
      const controller = new AbortController();
      const reason = new Error('called off');
      const read = (await connect()).read({ ...window, signal: controller.signal })[Symbol.asyncIterator]();
      await read.next();
      const waiting = read.next().then((next) => (next.done === true ? next : read.next()));
      controller.abort(reason);
      await expect(waiting).rejects.toBe(reason);
    });

    it('can be read again after a read that was left early', async () => {
      const connector = await connect();
      for await (const _event of connector.read(window)) break;
      expect((await readAll(connector, { runs: false })).some((event) => event.kind === 'pipeline')).toBe(true);
    });

    it('yields nothing after it was closed, and closes twice without harm', { timeout: 5_000 }, async () => {
      const connector = await connect();
      const read = connector.read(window)[Symbol.asyncIterator]();
      await read.next();
      await connector.close();
      await connector.close();
      expect(await eventsUntilItEnds(read)).toEqual([]);
      expect(await eventsUntilItEnds(connector.read(window)[Symbol.asyncIterator]())).toEqual([]);
    });

    it('checks itself in named steps, none of which fails', async () => {
      const steps = await collect((await connect()).check());
      expect(checkViolations(steps)).toEqual([]);
      expect(steps.filter((step) => step.status === 'failed')).toEqual([]);
    });

    if (openBroken) {
      it('says what is wrong with a connection that cannot work', async () => {
        const steps = await collect((await connect(openBroken)).check());
        expect(checkViolations(steps)).toEqual([]);
        expect(steps.some((step) => step.status === 'failed')).toBe(true);
      });
    }
  });
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

function firstNamespace(events: readonly SourceEvent[]): string | undefined {
  for (const event of events) {
    if (event.kind === 'pipeline' && event.pipeline.namespace !== undefined) return event.pipeline.namespace;
  }
  return undefined;
}

/** An end and an error are both fine here; an event is not. */
async function eventsUntilItEnds(read: AsyncIterator<SourceEvent>): Promise<SourceEvent[]> {
  const events: SourceEvent[] = [];
  try {
    for (let next = await read.next(); next.done !== true; next = await read.next()) events.push(next.value);
  } catch {
    return events;
  }
  return events;
}
