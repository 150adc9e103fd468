import type { ServerAnswer } from '../http-server.js';

/** An answer that ends a request early: whatever is no 200. */
export class AirflowRefusal extends Error {
  readonly answer: ServerAnswer;

  constructor(status: number, json: unknown, headers: Record<string, string> = {}) {
    super(JSON.stringify(json));
    this.answer = { status, headers, json };
  }
}

/** What an Airflow 3 did not mean to answer. */
class AirflowCrash extends AirflowRefusal {
  override readonly answer: ServerAnswer = {
    status: 500,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    text: 'Internal Server Error',
  };
}

export const crash = (): AirflowRefusal => new AirflowCrash(500, undefined);

/** The same, from 3.3 on, where its database failed. */
export const databaseError = (): AirflowRefusal =>
  new AirflowRefusal(500, {
    detail: {
      reason: 'Database error',
      statement: 'hidden',
      orig_error: 'hidden',
      message:
        'Serious error when handling your request. Check logs for more details - you will find it in api server when you look for ID sandbox1',
    },
  });

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
};

/** How an Airflow 2 says no: a problem of RFC 7807. */
export const problem = (
  status: number,
  detail: string | null,
  title: string | null | undefined = titles[status],
): AirflowRefusal =>
  new AirflowRefusal(
    status,
    { detail, status, title, type: `https://airflow.apache.org/docs/sandbox/stable-rest-api-ref.html#${status}` },
    { 'content-type': 'application/problem+json' },
  );

/** How an Airflow 3 says no. */
export const detail = (status: number, text: unknown, headers?: Record<string, string>): AirflowRefusal =>
  new AirflowRefusal(status, { detail: text }, headers);

/** One reason of an Airflow 3's 422. */
export const invalid = (reason: {
  type: string;
  loc: (string | number)[];
  msg: string;
  input: unknown;
  ctx?: unknown;
}): AirflowRefusal => detail(422, [reason]);

export const ok = (json: unknown): ServerAnswer => ({ status: 200, json });
