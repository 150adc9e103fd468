import type { Connector, ConnectorDefinition, EarlierPipeline, ReadOptions } from '../connector.js';
import type { SourceEvent } from '../events.js';
import type { StreamWindow } from './stream-rules.js';

export type OpenConnector = () => Connector | Promise<Connector>;

/** The same source in other circumstances. Each makes a connection that the suite closes; what is left out is not tried. */
export interface ConformanceWorlds {
  /** The source does not answer, or refuses the sign-in. */
  unreachable?: OpenConnector;
  /** The source takes each request and never answers it. */
  hanging?: OpenConnector;
  /** One pipeline, which `open` shows, can't be read: its answer is an error or makes no sense. All else is as it was. */
  brokenPipeline?: OpenConnector;
  /** One run, which `open` shows, can't be read. All else is as it was. */
  brokenRun?: OpenConnector;
  /** One pipeline, which `open` shows, has another definition. All else is as it was. */
  changed?: OpenConnector;
}

export interface ConformanceSubject {
  /** How the suite is called, e.g. `Kestra 1.0.3`. */
  name: string;
  /**
   * Makes a connection to a source with at least one pipeline and, if the connector reads runs, one run in the window. The more the
   * source holds (two namespaces, several runs, lineage), the more is tried.
   */
  open: OpenConnector;
  /** The window that is read, ms. */
  window: StreamWindow;
  worlds?: ConformanceWorlds;
  /** Secrets that the config has, or that definitions and runs of the source hold: they may come out nowhere. */
  secrets?: readonly string[];
  /** What `defineConnector` made: its options and examples are checked too. */
  definition?: ConnectorDefinition;
}

export interface Observation {
  events: readonly SourceEvent[];
  error?: unknown;
}

/** What a rule works with. */
export interface Session {
  readonly subject: ConformanceSubject;
  /** A connection that is closed when the rule has been tried. */
  connect(open?: OpenConnector): Promise<Connector>;
  /** One whole read of a world, and the error that it ended with. Read once for all rules. */
  observe(open: OpenConnector): Promise<Observation>;
  /** The events of one whole read of the source as it is. Read once for all rules. */
  whole(): Promise<readonly SourceEvent[]>;
  /** All events of a read of the window. */
  read(connector: Connector, options?: Partial<ReadOptions>): Promise<SourceEvent[]>;
}

export interface ConformanceRule {
  id: string;
  /** What a connector promises. */
  sentence: string;
  /** What the subject has to bring so that the rule can be tried. */
  needs?: keyof ConformanceWorlds | 'secrets' | 'definition';
  /** What is wrong, one sentence each; empty when the promise is kept. */
  violations(session: Session): string[] | Promise<string[]>;
}

export function canTry({ needs }: ConformanceRule, { worlds, secrets, definition }: ConformanceSubject): boolean {
  if (needs === undefined) return true;
  if (needs === 'definition') return definition !== undefined;
  if (needs === 'secrets') return secrets !== undefined && secrets.length > 0;
  return worlds?.[needs] !== undefined;
}

/**
 * Tries rules on one subject; answers what is wrong. A read of the source that takes longer than `longestMs` counts as one that does not
 * end, of which each rule says so; it is waited for once.
 */
export function createTrial(
  subject: ConformanceSubject,
): (rule: ConformanceRule, options?: { longestMs?: number }) => Promise<string[]> {
  const observations = new Map<OpenConnector, Promise<Observation>>();
  let endless: EndlessReadError | undefined;
  const read = async (connector: Connector, options: ReadOptions, longestMs: number, events: SourceEvent[] = []) => {
    if (endless) throw endless;
    await take(connector.read(options), events, longestMs);
    return events;
  };
  const readUntilError = async (open: OpenConnector, longestMs: number): Promise<Observation> => {
    const connector = await open();
    const events: SourceEvent[] = [];
    try {
      await read(connector, subject.window, longestMs, events);
      return { events };
    } catch (error) {
      if (error instanceof EndlessReadError && open === subject.open) endless = error;
      return { events, error };
    } finally {
      await closed(connector);
    }
  };
  return async (rule, { longestMs = Number.POSITIVE_INFINITY } = {}) => {
    const observe = (open: OpenConnector): Promise<Observation> => {
      const known = observations.get(open) ?? readUntilError(open, longestMs);
      observations.set(open, known);
      return known;
    };
    const opened: Connector[] = [];
    const session: Session = {
      subject,
      async connect(open = subject.open) {
        const connector = await open();
        opened.push(connector);
        return connector;
      },
      observe,
      async whole() {
        const { events, error } = await observe(subject.open);
        if (error !== undefined) throw error;
        return events;
      },
      read: (connector, options) => read(connector, { ...subject.window, ...options }, longestMs),
    };
    try {
      return await rule.violations(session);
    } finally {
      await Promise.all(opened.map(closed));
    }
  };
}

class EndlessReadError extends Error {}

/** Adds all events of a read to `events`. @throws EndlessReadError after `longestMs`; the read is left to itself then. */
async function take(read: AsyncIterable<SourceEvent>, events: SourceEvent[], longestMs: number): Promise<void> {
  const iterator = read[Symbol.asyncIterator]();
  const startedAt = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<'late'>((resolve) => {
    if (longestMs !== Number.POSITIVE_INFINITY) timer = setTimeout(resolve, longestMs, 'late');
  });
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), late]);
      // Events that come without a wait let no timer run.
      if (next === 'late' || performance.now() - startedAt > longestMs) {
        const seconds = Math.round(longestMs / 1000);
        const last = events.at(-1)?.kind;
        throw new EndlessReadError(
          `a read has not ended after ${seconds} s: ${last === undefined ? 'no event has come' : `${events.length} events have come, the last one \`${last}\``}`,
        );
      }
      if (next.done === true) return;
      events.push(next.value);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Closes it; whether it does so in time is for `closed-silent` to say. */
async function closed(connector: Connector): Promise<void> {
  const outcome = await outcomeOf(connector.close());
  if (outcome.kind === 'error') throw outcome.error;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** What came of a promise; `late` when nothing did in time. */
export type Outcome<T> = { kind: 'value'; value: T } | { kind: 'error'; error: unknown } | { kind: 'late' };

/** How long a read or a `close` may take to end, ms. */
const promisedMs = 1_000;

/** Waits for a promise, no longer than it may take on a machine that has nothing else to do; `limit`: ms. */
export async function outcomeOf<T>(promise: Promise<T>, limit = promisedMs): Promise<Outcome<T>> {
  const elapsed = startFairClock();
  let timer: ReturnType<typeof setInterval> | undefined;
  const late = new Promise<Outcome<T>>((resolve) => {
    timer = setInterval(() => {
      if (elapsed() > limit) resolve({ kind: 'late' });
    }, tickMs);
  });
  const settled = promise.then(
    (value): Outcome<T> => ({ kind: 'value', value }),
    (error: unknown): Outcome<T> => ({ kind: 'error', error }),
  );
  const outcome = await Promise.race([settled, late]);
  clearInterval(timer);
  // Work that lets no timer run is over only now.
  return elapsed() > limit ? { kind: 'late' } : outcome;
}

const tickMs = 10;

/**
 * A clock that stands still while others have the machine, ms: between two looks at it, at most `tickMs` apart as long as timers are on time,
 * no more goes by than a timer may wait, or than this process has computed.
 */
function startFairClock(): () => number {
  let counted = 0;
  let at = performance.now();
  let computed = process.cpuUsage();
  return () => {
    const now = performance.now();
    const { user, system } = process.cpuUsage(computed);
    counted += Math.min(now - at, Math.max(tickMs, (user + system) / 1000));
    at = now;
    computed = process.cpuUsage();
    return counted;
  };
}

/** A pipeline as a host remembers it. */
export const earlierOf = ({ name, namespace, sourceUrl }: EarlierPipeline): EarlierPipeline => ({
  name,
  ...(namespace !== undefined && { namespace }),
  ...(sourceUrl !== undefined && { sourceUrl }),
});
