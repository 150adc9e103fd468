import type { ServerAnswer } from '../http-server.js';
import type { AirflowAnswer } from '../types.js';
import { AirflowRefusal, detail, ok, problem } from './answers.js';
import type { AirflowState } from './state.js';

export interface AirflowRequest {
  query: URLSearchParams;
  /** What stood where the pattern has `{}`, decoded. */
  params: readonly string[];
  body: unknown;
  /** Without the query, as it was sent. */
  path: string;
}

export interface AirflowRoute {
  method: 'GET' | 'POST';
  /** Below `/api/v1/` or `/api/v2/`, with `{}` for one segment. Earlier routes win. */
  pattern: string;
  /** Needs no sign-in. */
  open?: boolean;
  handle: (state: AirflowState, request: AirflowRequest) => ServerAnswer;
}

export const get = (pattern: string, handle: AirflowRoute['handle']): AirflowRoute => ({
  method: 'GET',
  pattern,
  handle,
});

export const given = ({ status, body }: AirflowAnswer): ServerAnswer => {
  if (status === 200) return ok(body);
  throw new AirflowRefusal(status, body);
};

/** Answered as recorded of this path, whatever the query. */
export function recordedAnswer(
  state: AirflowState,
  { path, query }: Pick<AirflowRequest, 'path' | 'query'>,
): ServerAnswer | undefined {
  const { answers } = state.dataset;
  const text = query.toString();
  const found = answers[text ? `${path}?${text}` : path] ?? answers[path];
  return found && given(found);
}

/** A path that is answered as recorded. */
export const fromAnswers = (pattern: string): AirflowRoute =>
  get(pattern, (state, request) => {
    const found = recordedAnswer(state, request);
    if (found) return found;
    throw state.manner.three ? detail(404, 'Not Found') : problem(404, null);
  });

/** One item of a list that is asked for by a field. */
export const oneOf =
  (key: 'assets' | 'importErrors', field: string, missing: (id: string, three: boolean) => Error) =>
  (state: AirflowState, { params: [id = ''] }: AirflowRequest): ServerAnswer => {
    const found = state.dataset[key].find((item) => String(item[field]) === id);
    if (found) return ok(found);
    throw missing(id, state.manner.three);
  };
