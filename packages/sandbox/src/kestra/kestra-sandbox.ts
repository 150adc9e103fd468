import { type ServerAnswer, type ServerRequest, startServer } from '../http-server.js';
import type { KestraDataset, KestraSandbox, KestraSandboxOptions } from '../types.js';
import { KestraRefusal, notFound } from './answers.js';
import { createGate } from './auth.js';
import { dialectOf, type KestraDialect } from './dialect.js';
import { indexExecutions } from './execution-index.js';
import { executionRoutes } from './execution-routes.js';
import { flowRoutes } from './flow-routes.js';
import { createRouter, type KestraState, paramsOf, type Route } from './route.js';
import { serverRoutes } from './server-routes.js';

const oneTenant = 'main';
const apiPath = '/api/v1/';

function routesOf(dialect: KestraDialect, isEnterprise: boolean): Route[] {
  return [...serverRoutes, ...flowRoutes, ...executionRoutes].filter(({ pattern }) => {
    if (pattern.startsWith('tenants/')) return isEnterprise;
    if (pattern.startsWith('namespaces/')) return dialect.namespaces;
    if (pattern.startsWith('outputs/')) return dialect.outputs;
    return pattern.startsWith('stats/') ? dialect.latestGroupByFlow : true;
  });
}

/** Where a path leads: the routes of every method, the segments behind the tenant, and the tenant if there is one. */
interface Target {
  routes: Route[];
  segments: string[];
  tenant?: string;
}

function createLocator(
  dialect: KestraDialect,
  { contextPath, isEnterprise }: { contextPath: string; isEnterprise: boolean },
): (path: string) => Target | undefined {
  const router = createRouter(routesOf(dialect, isEnterprise));
  return (path) => {
    if (!path.startsWith(`${contextPath}${apiPath}`)) return undefined;
    const rest = path.slice(contextPath.length + apiPath.length);
    const segments = (rest.endsWith('/') ? rest.slice(0, -1) : rest).split('/');
    const unscoped = router.find(segments);
    // The unscoped alias of an open-source server with its one tenant exists only without a context path.
    const aliased = !isEnterprise && (!dialect.tenants || contextPath === '');
    const here = unscoped.filter((route) => route.global || aliased);
    if (here.length > 0) return { routes: here, segments };
    const [tenant = '', ...inside] = segments;
    const scoped = router
      .find(inside)
      .filter((route) =>
        dialect.tenants ? !route.global : dialect.configsUnderAnyTenant && route.pattern === 'configs',
      );
    return scoped.length > 0 ? { routes: scoped, segments: inside, tenant } : undefined;
  };
}

function checkMethod(target: Target, request: ServerRequest, dialect: KestraDialect): Route {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  // `executions/latest` is an execution's id for a GET, and exists as a POST from 1.0 on.
  const usable = target.routes.filter((route) => route.pattern !== 'executions/latest' || dialect.latest !== 'no');
  const route = usable.find((each) => each.method === method);
  if (route) return route;
  const allowed = [...new Set(usable.map((each) => each.method))].join(', ');
  throw new KestraRefusal(
    405,
    `Method Not Allowed: Method [${method}] not allowed for URI [${request.path}]. Allowed methods: [${allowed}]`,
  );
}

function checkAccept(route: Route, accept: string | undefined): void {
  if (accept === undefined || /\*\/\*|application\/\*/.test(accept)) return;
  if (route.binary) {
    if (!accept.includes('application/octet-stream')) throw notFound();
    return;
  }
  if (!accept.includes('application/json'))
    throw new KestraRefusal(
      406,
      `Not Acceptable: Specified Accept Types [${accept}] not supported. Supported types: [application/json]`,
    );
}

const normalContextPath = (path: string | undefined): string =>
  path === undefined || path === '' || path === '/' ? '' : `/${path.replace(/^\/+|\/+$/g, '')}`;

/**
 * Starts a stand-in for a Kestra server of the dataset's version, on real HTTP. It filters, sorts and pages live, and reproduces what
 * that version gets wrong (parameters it ignores, windows it applies, totals it forgets). What it does not implement answers 404.
 *
 * With `tenants` it stands for a server of the Enterprise edition, by what its API description says: no such server was recorded.
 *
 * The clock is `now` (ms); without one it stands at the moment the dataset was taken, so that windows show what the real server showed.
 */
export async function startKestraSandbox(options: KestraSandboxOptions): Promise<KestraSandbox> {
  const { dataset, tenants } = options;
  const dialect = dialectOf(dataset.version);
  if (tenants && !dialect.tenants)
    throw new Error(`Kestra ${dataset.version} has no tenants here: they begin with 1.0`);
  const contextPath = normalContextPath(options.contextPath);
  const takenAt = Date.parse(dataset.takenAt);
  const now = options.now ?? (() => takenAt);
  const tenantNames = Object.keys(tenants ?? { [oneTenant]: dataset });
  const stateOf = (held: KestraDataset): KestraState => ({
    dataset: tenants ? { ...held, configs: { ...held.configs, edition: 'EE' } } : held,
    dialect,
    flows: new Map(held.flows.map((entry) => [`${entry.flow.namespace}/${entry.flow.id}`, entry])),
    executions: indexExecutions(held),
    tenants: tenantNames,
    now,
  });
  /** What lies below no tenant, and all where there is but one. */
  let server = stateOf(dataset);
  const states = new Map(Object.entries(tenants ?? {}).map(([tenant, held]) => [tenant, stateOf(held)]));
  const locate = createLocator(dialect, { contextPath, isEnterprise: tenants !== undefined });
  const gate = createGate(options, {
    dialect,
    contextPath,
    initialized: dataset.configs.isBasicAuthInitialized !== false,
  });

  const stateFor = (tenant: string | undefined): KestraState => {
    if (tenant === undefined || !dialect.tenants) return server;
    if (tenants) {
      const state = states.get(tenant);
      if (!state) throw notFound(`tenant ${tenant}`);
      return state;
    }
    if (tenant !== oneTenant) throw new KestraRefusal(400, "Bad Request: Tenant must be 'main' for OSS version");
    return server;
  };

  const answer = (request: ServerRequest): ServerAnswer => {
    const { path, query, headers, body } = request;
    if (contextPath !== '' && path !== contextPath && !path.startsWith(`${contextPath}/`)) throw notFound();
    const refused = gate.check({ path, authorization: headers.authorization });
    if (refused) return refused;
    const local = path.slice(contextPath.length);
    if (local === '/ping') return { status: 200, headers: { 'content-type': 'application/json' }, text: 'pong' };
    if (local === '/' || local === '') return { status: 307, headers: { location: `${contextPath}/ui/` } };
    const target = locate(path);
    if (!target) throw notFound();
    const state = stateFor(target.tenant);
    const route = checkMethod(target, request, dialect);
    checkAccept(route, headers.accept);
    const params = paramsOf(route, target.segments);
    return route.handle(state, { query: new URLSearchParams(query), params, body });
  };

  const running = await startServer({
    port: options.port,
    latencyMs: options.latencyMs,
    faults: options.faults,
    recordRequests: options.recordRequests,
    patternOf: (path) => {
      const target = locate(path);
      const pattern = target?.routes[0]?.pattern;
      if (!target || pattern === undefined) return path;
      const tenant = target.tenant === undefined ? '' : `${target.tenant}/`;
      return `${contextPath}${apiPath}${tenant}${pattern}`;
    },
    handle: (request) => {
      try {
        return answer(request);
      } catch (error) {
        if (error instanceof KestraRefusal)
          return error.toAnswer(request.query ? `${request.path}?${request.query}` : request.path);
        throw error;
      }
    },
  });
  return {
    ...running,
    setDataset(held) {
      if (held.version !== dataset.version) {
        throw new Error(`This is Kestra ${dataset.version}, and can't become ${held.version}`);
      }
      server = stateOf(held);
    },
  };
}
