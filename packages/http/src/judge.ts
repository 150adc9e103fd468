import type { RawAnswer } from './exchange.js';
import { HttpError, type HttpErrorDetails } from './http-error.js';
import { refusesPlainHttp, speaksHttpsOnly } from './plain-http.js';
import { parseRetryAfter } from './retry.js';
import type { HttpRequest, HttpResponse, HttpVerdict } from './types.js';

/** What an error needs to know about its request. */
export interface RequestFacts {
  method: string;
  /** Redacted. */
  url: string;
  /** As it was sent; only compared, never shown. */
  target: URL;
  redact: (text: string) => string;
  now: number;
}

const longestBody = 500;
const longestDetail = 300;

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text);

/** Turns an answer into what the caller expects; throws an `HttpError` for what is none. */
export function judge(answer: RawAnswer, request: HttpRequest, facts: RequestFacts): HttpResponse<unknown> {
  const { status, headers } = answer;
  if (status >= 400) {
    if (status === 400 && facts.target.protocol === 'http:' && refusesPlainHttp(start(answer))) {
      throw plainHttpError(answer, facts);
    }
    if (!request.accepted?.includes(status)) throw statusError(answer, facts);
    return { status, headers, body: lenient(answer.body, request.expect) };
  }
  if (status >= 300) throw redirectError(answer, facts);
  switch (request.expect ?? 'json') {
    case 'nothing':
      // A page where nothing was expected is not the server's answer: what was asked for did not happen.
      if (isPage(answer)) throw notJsonError(answer, facts);
      return { status, headers, body: undefined };
    case 'bytes':
      return { status, headers, body: answer.body };
    case 'text':
      return { status, headers, body: answer.body.toString('utf8') };
    case 'json':
      if (status === 204 || status === 205) return { status, headers, body: undefined };
      return { status, headers, body: parseJson(answer, facts) };
  }
}

/** An accepted error may come without a body, or with a page of a proxy: both are fine, its status is what was asked for. */
function lenient(body: Buffer, expect: HttpRequest['expect']): unknown {
  if (expect === 'nothing' || body.length === 0) return undefined;
  const text = body.toString('utf8');
  if (expect === 'text') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parseJson(answer: RawAnswer, facts: RequestFacts): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    throw notJsonError(answer, facts);
  }
}

function isPage({ body, headers }: RawAnswer): boolean {
  if (body.length === 0) return false;
  return (headers['content-type'] ?? '').includes('html') || /^\s*</.test(body.toString('utf8'));
}

function notJsonError(answer: RawAnswer, facts: RequestFacts): HttpError {
  const page = isPage(answer);
  const what = answer.body.length === 0 ? 'nothing' : page ? 'a web page' : 'something else';
  return new HttpError(`${facts.method} ${facts.url} answered ${answer.status} with ${what} where JSON was expected`, {
    ...shared(answer, facts),
    kind: 'not-json',
    verdict: page ? 'fatal' : 'skip',
    hint: page
      ? 'The address may be that of a user interface, or a sign-in page or proxy answers in its place.'
      : undefined,
  });
}

function statusError(answer: RawAnswer, facts: RequestFacts): HttpError {
  const { status } = answer;
  const detail = detailOf(answer, facts);
  return new HttpError(`${facts.method} ${facts.url} answered ${status}${detail === '' ? '' : `: ${detail}`}`, {
    ...shared(answer, facts),
    kind: 'status',
    verdict: verdictOfStatus(status),
    hint: hintOfStatus(status),
    retryAfterMs: parseRetryAfter(answer.headers['retry-after'], facts.now),
  });
}

function plainHttpError(answer: RawAnswer, facts: RequestFacts): HttpError {
  return new HttpError(`${facts.method} ${facts.url}: ${speaksHttpsOnly}`, {
    ...shared(answer, facts),
    kind: 'tls',
    verdict: 'fatal',
    hint: `Use ${facts.target.origin.replace(/^http:/, 'https:')} as the address.`,
  });
}

function redirectError(answer: RawAnswer, facts: RequestFacts): HttpError {
  const target = targetOf(answer.headers.location, facts.target);
  const location = target === undefined ? undefined : facts.redact(withoutSecrets(target));
  const toHttps =
    target !== undefined &&
    facts.target.protocol === 'http:' &&
    target.protocol === 'https:' &&
    target.hostname === facts.target.hostname;
  const where = location ?? 'nowhere';
  return new HttpError(`${facts.method} ${facts.url} redirects to ${where} (${answer.status})`, {
    ...shared(answer, facts),
    // Its page repeats the whole address.
    body: undefined,
    kind: toHttps ? 'https-redirect' : 'redirect',
    verdict: 'fatal',
    location,
    hint: toHttps
      ? `Use ${target.origin} as the address.`
      : 'Most likely a sign-in page or another address stands in front: use the address of the API itself.',
  });
}

function targetOf(location: string | undefined, base: URL): URL | undefined {
  if (location === undefined || !URL.canParse(location, base.href)) return undefined;
  return new URL(location, base.href);
}

/** Queries, fragments and user info carry tickets of sign-ins; what lies behind another scheme is anybody's guess. */
function withoutSecrets({ protocol, origin, pathname }: URL): string {
  return protocol === 'http:' || protocol === 'https:' ? origin + pathname : protocol;
}

const start = (answer: RawAnswer): string => answer.body.subarray(0, 20_000).toString('utf8');

function shared(answer: RawAnswer, facts: RequestFacts): Pick<HttpErrorDetails, 'method' | 'url' | 'status' | 'body'> {
  // Redacted before it is cut, so that no half of a secret stays; bounded first, since a body may be huge.
  const text = facts.redact(start(answer));
  return { method: facts.method, url: facts.url, status: answer.status, body: cut(text, longestBody) };
}

/** The server's own words, where it says any. */
function detailOf(answer: RawAnswer, facts: RequestFacts): string {
  const text = start(answer);
  let detail = text;
  try {
    const { message, error } = JSON.parse(text) as { message?: unknown; error?: unknown };
    detail = typeof message === 'string' ? message : typeof error === 'string' ? error : text;
  } catch {
    if (/^\s*</.test(text)) return 'a web page';
  }
  return cut(facts.redact(detail).replace(/\s+/g, ' ').trim(), longestDetail);
}

function verdictOfStatus(status: number): HttpVerdict {
  if (status === 401 || status === 403 || status === 407) return 'fatal';
  if (status === 429 || status >= 500) return 'retry';
  return 'skip';
}

function hintOfStatus(status: number): string | undefined {
  if (status === 401) return 'The server does not accept the credentials, or none were given.';
  if (status === 403) return 'The credentials lack a permission.';
  if (status === 407) return 'The proxy wants credentials.';
  if (status === 429) return 'The server asks for fewer requests: lower the concurrency.';
  return undefined;
}
