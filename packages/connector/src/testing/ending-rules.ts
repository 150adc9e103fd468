import type { SourceEvent } from '../events.js';
import { type ConformanceRule, type Outcome, outcomeOf } from './subject.js';

/** Rules about reads that end before their time. */
export const endingRules = [
  {
    id: 'cancelled-before',
    sentence: 'A read that was called off before it began yields nothing and rejects with the reason.',
    async violations({ connect, subject: { window } }) {
      const reason = new Error('called off');
      const read = (await connect()).read({ ...window, signal: AbortSignal.abort(reason) });
      return rejection(await outcomeOf(read[Symbol.asyncIterator]().next()), reason);
    },
  },
  {
    id: 'cancelled-between',
    sentence: 'A read that is called off between two events rejects with the reason, within a second.',
    async violations({ connect, subject: { window } }) {
      const controller = new AbortController();
      const reason = new Error('called off');
      const read = (await connect()).read({ ...window, signal: controller.signal })[Symbol.asyncIterator]();
      await read.next();
      controller.abort(reason);
      return rejection(await outcomeOf(read.next()), reason);
    },
  },
  {
    id: 'cancelled-waiting',
    sentence: 'A read that is called off while it works on its next event rejects with the reason, within a second.',
    async violations({ connect, subject: { window } }) {
      const controller = new AbortController();
      const reason = new Error('called off');
      const read = (await connect()).read({ ...window, signal: controller.signal })[Symbol.asyncIterator]();
      await read.next();
      const waiting = read.next().then((next) => (next.done === true ? next : read.next()));
      controller.abort(reason);
      return rejection(await outcomeOf(waiting), reason);
    },
  },
  {
    id: 'cancelled-hanging',
    sentence:
      'A read of a source that does not answer ends within a second when it is called off, and so does its `close`.',
    needs: 'hanging',
    async violations(session) {
      const { connect, subject } = session;
      const controller = new AbortController();
      const reason = new Error('called off');
      const connector = await connect(subject.worlds?.hanging);
      const reading = session.read(connector, { signal: controller.signal });
      const isStill = (await outcomeOf(reading, momentMs)).kind === 'late';
      controller.abort(reason);
      if (!isStill) return ['in the world `hanging`, a read ends by itself'];
      const found = rejection(await outcomeOf(reading), reason);
      const closed = await outcomeOf(connector.close());
      return closed.kind === 'value' ? found : [...found, 'close() does not end within a second'];
    },
  },
  {
    id: 'left-early',
    sentence: 'After a read that was left early, the next one is whole.',
    async violations({ connect, read, whole, subject: { window } }) {
      const connector = await connect();
      for await (const _event of connector.read(window)) break;
      const before = (await whole()).length;
      const after = (await read(connector)).length;
      return before === after ? [] : [`a whole read yields ${before} events, the one after it was left ${after}`];
    },
  },
  {
    id: 'closed-silent',
    sentence: 'After `close` nothing is yielded, and `close` may be called twice.',
    async violations({ connect, subject: { window } }) {
      const connector = await connect();
      const read = connector.read(window)[Symbol.asyncIterator]();
      await read.next();
      const found: string[] = [];
      for (const which of ['first', 'second']) {
        const { kind } = await outcomeOf(connector.close());
        if (kind !== 'value') found.push(`the ${which} close() fails, or does not end within a second`);
      }
      for (const [what, iterator] of [
        ['a read that was under way', read],
        ['a new read', connector.read(window)[Symbol.asyncIterator]()],
      ] as const) {
        const events = await eventsUntilItEnds(iterator);
        if (events === undefined) found.push(`after close(), ${what} does not end within a second`);
        else if (events.length > 0) found.push(`after close(), ${what} yields \`${events[0]!.kind}\``);
      }
      return found;
    },
  },
] satisfies ConformanceRule[];

/** Long enough for a first request to be on its way. */
const momentMs = 100;

function rejection(outcome: Outcome<unknown>, reason: Error): string[] {
  if (outcome.kind === 'late') return ['it does not end within a second'];
  if (outcome.kind === 'value') return ['it goes on as if nothing had been'];
  return outcome.error === reason ? [] : [`it rejects with another error: ${String(outcome.error)}`];
}

/** An end and an error are both fine; `undefined` when there is neither in time. */
async function eventsUntilItEnds(read: AsyncIterator<SourceEvent>): Promise<SourceEvent[] | undefined> {
  const events: SourceEvent[] = [];
  for (;;) {
    const next = await outcomeOf(read.next());
    if (next.kind === 'late') return undefined;
    if (next.kind === 'error' || next.value.done === true) return events;
    events.push(next.value.value);
  }
}
