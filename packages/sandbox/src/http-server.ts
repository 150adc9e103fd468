import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createFaultPlan, type FaultPlan } from './fault-plan.js';
import type { Fault, FaultAnswer, Sandbox, SandboxRequest } from './types.js';

/** A request as a stand-in's handler sees it: read to its end and decoded. */
export interface ServerRequest {
  method: string;
  /** Without the query, percent-encoding untouched. */
  path: string;
  /** Without the question mark, as it was sent. */
  query: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The body as text (gzip decoded); empty without one. */
  text: string;
  /** The parsed body where it is JSON; `undefined` without a body or where it is not JSON. */
  body: unknown;
}

/** What a handler answers. `content-type` is set for `json` unless it is in the headers. */
export type ServerAnswer = FaultAnswer;

export interface ServerOptions {
  /** Default: a free one. */
  port?: number | undefined;
  /** Wait before each answer, ms; default 0. */
  latencyMs?: number | undefined;
  faults?: Fault[] | undefined;
  /** Keeps requests for inspection; default true. */
  recordRequests?: boolean | undefined;
  /** Compresses answers from this many bytes on for clients that accept gzip; default 1024. */
  gzipFromBytes?: number | undefined;
  /** The path with its variable parts as `{}`, for `requestCounts()`. */
  patternOf: (path: string) => string;
  /** Answers one request. An error thrown here becomes a 500 with its message as text. */
  handle: (request: ServerRequest) => ServerAnswer | Promise<ServerAnswer>;
}

const none = Buffer.alloc(0);
/** In how many pieces a slow body comes. */
const slowPieces = 10;

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  if (chunks.length === 0) return '';
  const raw = chunks.length === 1 ? (chunks[0] ?? none) : Buffer.concat(chunks);
  const encoding = message.headers['content-encoding'] ?? '';
  return (encoding.includes('gzip') ? gunzipSync(raw) : raw).toString('utf8');
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function flatHeaders(message: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function bodyOf(answer: ServerAnswer): Uint8Array {
  if (answer.bytes) return answer.bytes;
  if (answer.text !== undefined) return Buffer.from(answer.text);
  return answer.json === undefined ? none : Buffer.from(JSON.stringify(answer.json));
}

const htmlPage = '<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>';

/** The answer that takes the place of the handler's, for faults that have one. */
function replacement(effect: Fault['effect']): ServerAnswer | undefined {
  switch (effect.kind) {
    case 'status':
      return { status: effect.status, headers: effect.headers ?? {}, json: effect.body };
    case 'html':
      return {
        status: effect.status ?? 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        text: htmlPage,
      };
    case 'empty-body':
      return { status: effect.status ?? 200, headers: { 'content-type': 'application/json' } };
    default:
      return undefined;
  }
}

/**
 * Starts an HTTP/1.1 server on 127.0.0.1 with keep-alive, gzip both ways, a request log, latency and faults on demand.
 *
 * Faults `status`, `html`, `empty-body`, `drop` and `reset` act in front of the handler, which does not see the request (as with a
 * failing proxy); after `delay` and before `half-body`, `slow-body` and `rewrite` the handler runs as usual, so that a write takes effect
 * although its answer is lost.
 */
export async function startServer(options: ServerOptions): Promise<Sandbox> {
  const { handle, patternOf, latencyMs = 0, recordRequests = true, gzipFromBytes = 1024 } = options;
  const requests: SandboxRequest[] = [];
  const counts = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  let plan: FaultPlan = createFaultPlan(options.faults ?? []);

  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer);
    });

  const send = async (
    answer: ServerAnswer,
    to: { message: IncomingMessage; response: ServerResponse; effect: Fault['effect'] | undefined },
  ): Promise<void> => {
    const { message, response, effect } = to;
    const headers: Record<string, string | number> = { ...answer.headers };
    if (answer.json !== undefined) headers['content-type'] ??= 'application/json';
    let body = bodyOf(answer);
    const acceptsGzip = (message.headers['accept-encoding'] ?? '').includes('gzip');
    if (acceptsGzip && body.length >= gzipFromBytes) {
      // At once: handing a few kilobytes over to another thread takes several times as long as compressing them.
      body = gzipSync(body, { level: 1 });
      headers['content-encoding'] = 'gzip';
    }
    headers['content-length'] = body.length;
    if (response.destroyed) return;
    response.writeHead(answer.status, headers);
    if (effect?.kind === 'half-body') {
      response.write(body.subarray(0, Math.floor(body.length / 2)), () => message.socket.destroy());
      return;
    }
    if (effect?.kind === 'slow-body') {
      const length = Math.ceil(body.length / slowPieces);
      for (let start = 0; start < body.length && !response.destroyed; start += length) {
        response.write(body.subarray(start, start + length));
        await wait(effect.ms / slowPieces);
      }
      response.end();
      return;
    }
    response.end(message.method === 'HEAD' ? none : body);
  };

  const answerRequest = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = message.method ?? 'GET';
    const target = message.url ?? '/';
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const query = mark < 0 ? '' : target.slice(mark + 1);
    const effect = plan.next(method, target);
    const countKey = `${method} ${patternOf(path)}`;
    counts.set(countKey, (counts.get(countKey) ?? 0) + 1);
    const headers = flatHeaders(message);
    const entry: SandboxRequest = { method, path, query, headers, status: 0 };
    if (recordRequests) requests.push(entry);

    const text = method === 'GET' || method === 'HEAD' ? '' : await readBody(message);
    const body = parseJson(text);
    if (text !== '') entry.body = body ?? text;
    if (latencyMs > 0) await wait(latencyMs);
    if (effect?.kind === 'delay') await wait(effect.ms);
    if (effect?.kind === 'drop') {
      message.socket.destroy();
      return;
    }
    if (effect?.kind === 'reset') {
      message.socket.resetAndDestroy();
      return;
    }
    let answer = (effect && replacement(effect)) ?? (await handle({ method, path, query, headers, text, body }));
    if (effect?.kind === 'rewrite') answer = effect.rewrite(answer, { method, path, query, body });
    entry.status = answer.status;
    await send(answer, { message, response, effect });
  };

  const server = createServer({ keepAliveTimeout: 60_000, maxHeaderSize: 65_536 }, (message, response) => {
    answerRequest(message, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return void response.destroy();
      const reason = error instanceof Error ? error.message : String(error);
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`sandbox: ${reason}`);
    });
  });
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    requestCounts: () => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    setFaults: (faults) => {
      plan = createFaultPlan(faults);
    },
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearTimeout(timer);
        timers.clear();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
