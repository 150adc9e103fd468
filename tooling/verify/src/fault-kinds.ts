import type { Fault } from '@flowmeta/sandbox';
import type { Endpoint } from './endpoints.js';
import { hurriedTimeoutMs } from './run.js';

type Effect = Fault['effect'];
type Answer = Parameters<Extract<Effect, { kind: 'rewrite' }>['rewrite']>[0];

/** One way in which a request can fail. */
export interface FaultKind {
  name: string;
  /** `undefined` where it makes no sense. `refused` is made on the way to the server, which can't refuse one request. */
  effect: (endpoint: Endpoint) => Effect | 'refused' | undefined;
  /** It passes by itself after so many requests, however often it is told to come. */
  times?: number;
  /** Short time-outs end the wait. */
  isSlow?: true;
  /** The answer is a lie that nobody can see through: only damage counts, not that the run says nothing. */
  isLie?: (endpoint: Endpoint) => boolean;
}

const sentences: Record<number, string> = {
  401: 'Not Authorized! Token not present',
  403: "Principal: CatalogPrincipal{name='ingestion-bot'} operations [All] not allowed",
  404: '404 page not found',
  409: 'Entity already exists',
};

/** A status with a body as the server itself words it; a plain text where it would come from something in between. */
function status(code: number, headers: Record<string, string> = {}): FaultKind['effect'] {
  return ({ side }) => {
    if (side === 'kestra') {
      const body = { message: `status ${code}`, _links: {}, _embedded: { errors: [{ message: `status ${code}` }] } };
      return { kind: 'status', status: code, headers, ...(code === 401 ? {} : { body }) };
    }
    if (code === 404) {
      const answer = { status: code, headers: { 'content-type': 'text/plain' }, text: '404 page not found' };
      return { kind: 'rewrite', rewrite: () => answer };
    }
    return { kind: 'status', status: code, headers, body: { code, message: sentences[code] ?? `status ${code}` } };
  };
}

/** A success without what a read asked for can be told; that a write was never done can not. */
const isWrite = ({ method }: Endpoint): boolean => method !== 'GET';

/** What a database says through OpenMetadata when it comes back (OM fact 4). */
function restarted(code: number, message: string): FaultKind['effect'] {
  return ({ side, isFirst }) =>
    side === 'kestra' || isFirst ? undefined : { kind: 'status', status: code, body: { code, message } };
}

/** Changes what a list holds. */
function listed(change: (items: unknown[], page: { total: number }) => { items: unknown[]; total: number }) {
  return ({ list }: Endpoint): Effect | undefined => {
    if (list === undefined) return undefined;
    const rewrite = (answer: Answer): Answer => {
      const body = answer.json as Record<string, unknown> | undefined;
      if (body === undefined || !Array.isArray(body[list])) return answer;
      const paging = body.paging as { total?: number } | undefined;
      const total = Number(list === 'results' ? body.total : paging?.total);
      const { items, total: changed } = change(body[list], { total });
      const json =
        list === 'results'
          ? { ...body, results: items, total: changed }
          : { ...body, data: items, ...(paging && { paging: { ...paging, total: changed } }) };
      return { ...answer, json };
    };
    return { kind: 'rewrite', rewrite };
  };
}

export const faultKinds: readonly FaultKind[] = [
  { name: 'refused', effect: () => 'refused' },
  { name: 'reset', effect: () => ({ kind: 'reset' }) },
  { name: 'closed', effect: () => ({ kind: 'drop' }) },
  { name: 'time-out', effect: () => ({ kind: 'delay', ms: 4 * hurriedTimeoutMs }), isSlow: true },
  { name: 'slow body', effect: () => ({ kind: 'slow-body', ms: 4 * hurriedTimeoutMs }), isSlow: true },
  { name: 'half body', effect: () => ({ kind: 'half-body' }) },
  { name: '401', effect: status(401) },
  { name: '403', effect: status(403) },
  { name: '404', effect: status(404) },
  { name: '409', effect: status(409) },
  { name: '429', effect: status(429) },
  { name: '429 with Retry-After', effect: status(429, { 'retry-after': '1' }) },
  { name: '500', effect: status(500) },
  { name: '502', effect: status(502) },
  { name: '503', effect: status(503) },
  { name: '504', effect: status(504) },
  {
    name: '504 after the work is done',
    effect: () => ({ kind: 'rewrite', rewrite: () => ({ status: 504, text: 'upstream timed out' }) }),
  },
  { name: 'HTML', effect: () => ({ kind: 'html' }) },
  {
    name: 'wrong content type',
    effect: () => ({
      kind: 'rewrite',
      rewrite: (answer) => ({ ...answer, headers: { ...answer.headers, 'content-type': 'text/plain' } }),
    }),
  },
  { name: 'empty body', effect: () => ({ kind: 'empty-body' }), isLie: isWrite },
  { name: 'empty object', effect: () => ({ kind: 'status', status: 200, body: {} }), isLie: isWrite },
  { name: 'null', effect: () => ({ kind: 'status', status: 200, body: null }), isLie: isWrite },
  { name: 'duplicated items', effect: listed((items, { total }) => ({ items: [...items, ...items], total })) },
  { name: 'lost items', effect: listed((items, { total }) => ({ items: items.slice(0, items.length / 2), total })) },
  { name: 'shrinking total', effect: listed((items) => ({ items, total: Math.floor(items.length / 2) })) },
  { name: 'growing total', effect: listed((items) => ({ items, total: items.length + 5 })) },
  { name: 'empty list', effect: listed(() => ({ items: [], total: 0 })), isLie: () => true },
  {
    name: 'restarted database: service',
    effect: restarted(404, 'pipelineService instance for kestra not found'),
    times: 25,
  },
  { name: 'restarted database: user', effect: restarted(404, 'user instance for ingestion-bot not found'), times: 25 },
  { name: 'restarted database: token', effect: restarted(401, 'Not Authorized! Invalid Token'), times: 25 },
];
