import { type ServerAnswer, type ServerRequest, startServer } from '../http-server.js';
import type { AirflowSandboxOptions, Sandbox } from '../types.js';
import { AirflowRefusal, crash, detail, problem } from './answers.js';
import { createGate } from './auth.js';
import { type AirflowRoute, recordedAnswer } from './route.js';
import { routesOf } from './routes.js';
import { stateOf } from './state.js';

interface Target {
  routes: AirflowRoute[];
  segments: string[];
}

function createLocator(routes: readonly AirflowRoute[], root: string): (path: string) => Target | undefined {
  const byLength = new Map<number, { route: AirflowRoute; parts: string[] }[]>();
  for (const route of routes) {
    const parts = route.pattern.split('/');
    byLength.set(parts.length, [...(byLength.get(parts.length) ?? []), { route, parts }]);
  }
  return (path) => {
    if (!path.startsWith(`${root}/`)) return undefined;
    const segments = path.slice(root.length + 1).split('/');
    const found = (byLength.get(segments.length) ?? []).filter(({ parts }) =>
      parts.every((part, index) => part === '{}' || part === segments[index]),
    );
    return found.length > 0 ? { routes: found.map(({ route }) => route), segments } : undefined;
  };
}

/**
 * Starts a stand-in for an Airflow server of the dataset's version, on real HTTP: `/api/v1` with basic authentication for 2.x, `/api/v2`
 * with the tokens of `/auth/token` for 3.x. It filters, sorts and pages live, cuts pages at 100 as real servers do, and answers the rest
 * as recorded. What it does not offer answers 404.
 *
 * The clock is `now` (ms); without one it stands at the moment the dataset was taken.
 */
export async function startAirflowSandbox(options: AirflowSandboxOptions): Promise<Sandbox> {
  const { dataset } = options;
  const takenAt = Date.parse(dataset.takenAt);
  const state = stateOf(dataset, options.now ?? (() => takenAt));
  const { three } = state.manner;
  const locate = createLocator(routesOf(three), state.root);
  const gate = createGate(options.auth, three);
  const missing = (): AirflowRefusal =>
    three ? new AirflowRefusal(404, { error: 'API route not found' }) : problem(404, null);

  const answer = (request: ServerRequest): ServerAnswer => {
    const { path, headers, body } = request;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const query = new URLSearchParams(request.query);
    if (three && method === 'POST' && (path === '/auth/token' || path === '/auth/token/cli')) {
      if (body === undefined) throw crash();
      return { status: 201, json: { access_token: gate.tokenFor(body) } };
    }
    if (three && path.startsWith('/ui/')) {
      gate.check(headers.authorization);
      const found = recordedAnswer(state, { path, query });
      if (found) return found;
      throw detail(404, 'Not Found');
    }
    if (three && path.startsWith('/api/v1/'))
      throw new AirflowRefusal(404, {
        error: '/api/v1 has been removed in Airflow 3, please use its upgraded version /api/v2 instead.',
      });
    const target = locate(path);
    if (!target) throw missing();
    const route = target.routes.find((each) => each.method === method);
    if (!route) throw three ? detail(405, 'Method Not Allowed', { allow: 'GET' }) : problem(405, null);
    if (!route.open) gate.check(headers.authorization);
    let params: string[];
    try {
      const parts = route.pattern.split('/');
      params = target.segments.filter((_, index) => parts[index] === '{}').map(decodeURIComponent);
    } catch {
      throw missing();
    }
    return route.handle(state, { query, params, body, path });
  };

  return startServer({
    port: options.port,
    latencyMs: options.latencyMs,
    faults: options.faults,
    recordRequests: options.recordRequests,
    patternOf: (path) => {
      const pattern = locate(path)?.routes[0]?.pattern;
      return pattern === undefined ? path : `${state.root}/${pattern}`;
    },
    handle: (request) => {
      try {
        return answer(request);
      } catch (error) {
        if (error instanceof AirflowRefusal) return error.answer;
        throw error;
      }
    },
  });
}
