import type { ServerAnswer, ServerRequest } from '../http-server.js';
import type { Catalog } from './catalog.js';
import { authenticate, emptyBody } from './principals.js';
import { httpError, Refusal } from './refusals.js';
import { createRouter, type Route } from './router.js';
import { createRoutes } from './routes.js';

/** Longer paths with their query are refused (OM fact 22). */
const longestTarget = 8192;

const withBody = new Set(['PUT', 'POST', 'PATCH']);

function checkHeaders(catalog: Catalog, route: Route, request: ServerRequest): void {
  const { accept = '*/*', 'content-type': contentType = '' } = request.headers;
  if (!/\*\/\*|application\/(\*|json)/.test(accept)) throw httpError(catalog.rules, 406);
  const consumes = route.consumes ?? (withBody.has(request.method) ? 'application/json' : undefined);
  if (consumes !== undefined && contentType.split(';')[0]?.trim() !== consumes) throw httpError(catalog.rules, 415);
}

/** Malformed JSON is answered in plain text (OM fact 3). */
function malformed(text: string): Refusal {
  const isCut = /^\s*[{[]/.test(text);
  const message = isCut
    ? 'Unexpected end-of-input within/between Object entries'
    : `Unrecognized token '${text.slice(0, 20)}'`;
  return new Refusal({
    status: 400,
    headers: { 'content-type': 'text/plain' },
    text: `${message}\n at [Source: REDACTED; line: 1, column: ${text.length}]`,
  });
}

/**
 * The server as a function of its catalog: answers one request. `token` is the ingestion bot's. Requests are found a route, checked for
 * headers, signed in, read and handled, in the order of the real server.
 */
export function createHandler(catalog: Catalog, token: string): (request: ServerRequest) => ServerAnswer {
  const find = createRouter(createRoutes(catalog));

  const answer = (request: ServerRequest): ServerAnswer => {
    const { path, query, headers, text } = request;
    if (path.length + query.length > longestTarget) {
      const page = '<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>';
      return { status: 414, headers: { 'content-type': 'text/html;charset=iso-8859-1' }, text: page };
    }
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const match = find(method, path);
    if (match.kind === 'none') throw httpError(catalog.rules, 404);
    if (match.kind === 'method') {
      if (method === 'OPTIONS') return { status: 200 };
      throw httpError(catalog.rules, 405);
    }
    const { route, parts } = match;
    checkHeaders(catalog, route, request);
    const nobody = { name: 'anonymous', isBot: false, isAdmin: false };
    const caller = route.signedIn === false ? nobody : authenticate(catalog, headers.authorization, token);
    if (withBody.has(method)) {
      if (text !== '' && request.body === undefined) throw malformed(text);
      if (request.body === undefined || request.body === null) throw emptyBody(catalog);
    }
    return route.handle({ ...request, parts, search: new URLSearchParams(query), caller });
  };

  return (request) => {
    try {
      return answer(request);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  };
}
