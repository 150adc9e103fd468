import { constants, gzipSync } from 'node:zlib';
import type { HttpRequest } from './types.js';

export interface PreparedRequest {
  method: NonNullable<HttpRequest['method']>;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  body: string | Buffer | undefined;
}

function queryString(query: HttpRequest['query']): string {
  if (query === undefined) return '';
  if (query instanceof URLSearchParams) return query.toString();
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    const values = typeof value === 'object' ? value : [String(value)];
    for (const each of values) pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(each)}`);
  }
  return pairs.join('&');
}

/** Everything of a request that is the same for each try. */
export function prepareRequest(request: HttpRequest, defaults: Record<string, string>): PreparedRequest {
  const method = request.method ?? 'GET';
  const query = queryString(request.query);
  const headers: Record<string, string> = { ...defaults, accept: request.accept ?? 'application/json' };
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  let body: string | Buffer | undefined;
  if (request.body !== undefined) {
    body = typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
    headers['content-type'] = request.contentType ?? 'application/json';
    if (request.gzipAbove !== undefined && Buffer.byteLength(body) > request.gzipAbove) {
      body = gzipSync(body, { level: constants.Z_BEST_SPEED });
      headers['content-encoding'] = 'gzip';
    }
  }
  return { method, path: query === '' ? request.path : `${request.path}?${query}`, headers, body };
}
