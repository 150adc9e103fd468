import type { Fault } from '@flowmeta/sandbox';
import { Agent, type Dispatcher } from 'undici';

/** Nothing listens there. */
const closedPort = 'http://127.0.0.1:1';

/** A connection pool to a host that refuses the requests that the rule names, and lets the others through. */
export function refusing({ method, path, after = 0, times = Number.POSITIVE_INFINITY }: Omit<Fault, 'effect'>): Agent {
  let seen = 0;
  const intercept =
    (dispatch: Dispatcher['dispatch']): Dispatcher['dispatch'] =>
    (options, handler) => {
      const matches = (method === undefined || options.method === method) && (path?.test(options.path) ?? true);
      if (matches) seen += 1;
      const isRefused = matches && seen > after && seen <= after + times;
      return dispatch(isRefused ? { ...options, origin: closedPort } : options, handler);
    };
  return new Agent().compose(intercept) as Agent;
}
