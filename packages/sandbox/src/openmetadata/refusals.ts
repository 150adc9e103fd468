import type { ServerAnswer } from '../http-server.js';
import type { VersionRules } from './versions.js';

/** Thrown by a handler to answer with an error. */
export class Refusal extends Error {
  readonly #answer: ServerAnswer;

  constructor(answer: ServerAnswer) {
    super(`refused with ${answer.status}`);
    this.#answer = answer;
  }

  get answer(): ServerAnswer {
    return this.#answer;
  }
}

/** An error that the server handles: `{"code", "message"}` (OM fact 3). 401 and 404 carry `WWW-Authenticate` as recorded. */
export function refuse(status: number, message: string): Refusal {
  return new Refusal({ status, headers: { 'www-authenticate': 'om-auth' }, json: { code: status, message } });
}

/** What is thrown where a java program would have thrown: 500 with `responseMessage` (OM fact 3). */
export function crash(rules: VersionRules, message: string): Refusal {
  const responseMessage = `An exception with message [${message}] was thrown while processing request.`;
  return new Refusal({
    status: 500,
    json: rules.has('errorType') ? { responseMessage, errorType: 'UNHANDLED_SERVER_EXCEPTION' } : { responseMessage },
  });
}

/** The server's 500 for an unknown path (404), wrong method (405), content type (415) or accepted type (406). */
export function httpError(rules: VersionRules, status: 404 | 405 | 406 | 415): Refusal {
  const reasons = { 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable', 415: 'Unsupported Media Type' };
  return crash(rules, `HTTP ${status} ${reasons[status]}`);
}

/** `pipeline instance for X not found`. */
export function notFound(type: string, idOrName: string): Refusal {
  return refuse(404, `${type} instance for ${idOrName} not found`);
}
