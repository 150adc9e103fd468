import { hintOf } from '@flowmeta/connector';
import { createHttpClient, type HttpError, isHttpError } from '@flowmeta/http';
import type { OpenLineageEvent } from '@flowmeta/openlineage';
import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { proxyOf, userAgent } from './open-source.js';
import { logged } from './request-counter.js';

const endpoint = '/api/v1/lineage';
/** Refused events whose reason is shown; the others are counted. */
const shownRefusals = 5;
const concurrency = 4;

/** The address of a server that takes OpenLineage events, with or without the path that the API has everywhere. */
export function parseEventServer(text: string): string {
  const refuse = (what: string): never => {
    throw new UsageError(`--post-to: ${what}`, 'Write it as http://marquez.example.com:5000.');
  };
  // The address is not repeated: it may hold a password.
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) return refuse('this is no http address');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return refuse('the address holds credentials; OPENLINEAGE_API_KEY in the environment signs in');
  }
  if (url.search !== '' || url.hash !== '') return refuse('an address with "?" or "#" can not be posted to');
  url.pathname = url.pathname.replace(/\/+$/, '').replace(new RegExp(`${endpoint}$`), '');
  return url.href;
}

export interface PostEventsOptions {
  /** See `parseEventServer`. */
  server: string;
  /** Sent as a bearer token. */
  apiKey?: string;
  host: Host;
  terminal: Terminal;
  signal: AbortSignal;
}

export interface PostedEvents {
  taken: number;
  refused: number;
}

/**
 * Posts events to an OpenLineage server; those of one job one after the other, in their order. Events that the server refuses are
 * counted and the first ones logged. Rejects when the server can't be reached, refuses the sign-in or has no such API.
 */
export async function postEvents(
  events: readonly OpenLineageEvent[],
  { server, apiKey, host, terminal, signal }: PostEventsOptions,
): Promise<PostedEvents> {
  const client = createHttpClient({
    baseUrl: server,
    concurrency,
    proxy: proxyOf(host.environment),
    userAgent: userAgent(),
    onAttempt: logged('OpenLineage', () => undefined, terminal),
    ...(apiKey === undefined ? {} : { headers: { authorization: `Bearer ${apiKey}` } }),
  });
  const posted: PostedEvents = { taken: 0, refused: 0 };
  const post = async (event: OpenLineageEvent): Promise<void> => {
    try {
      // A server knows an event again by its run, time and type.
      await client.request({ method: 'POST', path: endpoint, body: event, expect: 'text', repeatable: true, signal });
      posted.taken += 1;
    } catch (error) {
      if (!isHttpError(error) || !refusesOne(error)) throw error;
      posted.refused += 1;
      if (posted.refused <= shownRefusals) terminal.log('WARN', `${nameOf(event)}: ${error.message}`);
    }
  };
  const jobs = byJob(events);
  let failure: { error: unknown } | undefined;
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      for (const event of job) {
        if (failure !== undefined) return;
        try {
          await post(event);
        } catch (error) {
          failure ??= { error };
        }
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
    if (failure !== undefined) throw failure.error;
    return posted;
  } finally {
    await client.close();
  }
}

function byJob(events: readonly OpenLineageEvent[]): OpenLineageEvent[][] {
  const jobs = new Map<string, OpenLineageEvent[]>();
  for (const event of events) {
    const known = jobs.get(nameOf(event));
    if (known) known.push(event);
    else jobs.set(nameOf(event), [event]);
  }
  return [...jobs.values()];
}

/** Whether the server has something against this event alone. */
function refusesOne({ kind, verdict, status }: HttpError): boolean {
  return kind === 'status' && verdict === 'skip' && status !== 404 && status !== 405;
}

function nameOf({ job }: OpenLineageEvent): string {
  return `${job.namespace} ${job.name}`;
}

/** What to do about a server that could not be posted to. */
export function postingHint(error: unknown): string {
  const { status } = error as { status?: number };
  if (status === 404 || status === 405) return `There is no OpenLineage API below this address (${endpoint}).`;
  if (status === 401 || status === 403) return 'Set OPENLINEAGE_API_KEY to a key that the server accepts.';
  return hintOf(error) ?? 'Check the address, and that the server can be reached from here.';
}
