import type { ServerAnswer, ServerRequest } from '../http-server.js';
import type { Caller } from './principals.js';

/** What a route's handler gets. */
export interface RouteRequest extends ServerRequest {
  /** The variable parts of the path, decoded, in order. */
  parts: string[];
  search: URLSearchParams;
  caller: Caller;
}

export interface Route {
  method: string;
  /**
   * Below `/api/v1`, e.g. `pipelines/{id}/status/{number}`. `{id}` takes a UUID, `{number}` digits with a sign, `{name}` and other
   * names take anything; a value of another kind makes the path unknown.
   */
  path: string;
  /** False: no token is asked for. */
  signedIn?: false;
  /** The content type that the body must have; default `application/json` for PUT and POST. */
  consumes?: string;
  handle: (request: RouteRequest) => ServerAnswer;
}

export type Match = { kind: 'route'; route: Route; parts: string[] } | { kind: 'method' } | { kind: 'none' };

interface CompiledRoute {
  route: Route;
  segments: { literal?: string; accepts?: RegExp }[];
}

const kinds: Record<string, RegExp> = {
  '{id}': /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  '{number}': /^-?\d+$/,
};

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** Finds routes by method and path: a table by number of segments and first segment, then one comparison per route in it. */
export function createRouter(routes: Route[]): (method: string, path: string) => Match {
  const byStart = new Map<string, CompiledRoute[]>();
  for (const route of routes) {
    const texts = route.path.split('/');
    const segments = texts.map((text) => (text.startsWith('{') ? { accepts: kinds[text] ?? /^/ } : { literal: text }));
    const start = `${texts.length} ${texts[0]}`;
    byStart.set(start, [...(byStart.get(start) ?? []), { route, segments }]);
  }
  return (method, path) => {
    if (!path.startsWith('/api/v1/')) return { kind: 'none' };
    const trimmed = path.endsWith('/') ? path.slice(0, -1) : path;
    const given = trimmed.slice('/api/v1/'.length).split('/');
    let otherMethod = false;
    for (const { route, segments } of byStart.get(`${given.length} ${given[0]}`) ?? []) {
      const parts: string[] = [];
      const fits = segments.every(({ literal, accepts }, position) => {
        const segment = given[position] ?? '';
        if (literal !== undefined) return segment === literal;
        const value = decode(segment);
        if (value === undefined || value === '' || !accepts?.test(value)) return false;
        parts.push(value);
        return true;
      });
      if (!fits) continue;
      if (route.method === method) return { kind: 'route', route, parts };
      otherMethod = true;
    }
    return otherMethod ? { kind: 'method' } : { kind: 'none' };
  };
}
