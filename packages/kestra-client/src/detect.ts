import { type HttpClient, isHttpError, path } from '@flowmeta/http';
import { dialectFor, dialects } from './dialects.js';
import { explain, KestraError } from './kestra-error.js';
import { type Configs, readConfigs, readPage } from './read/other.js';
import type { Dialect, KestraServer } from './types.js';

export interface DetectOptions {
  http: HttpClient;
  /** The tenant as configured. */
  tenant: string;
}

export interface DetectedServer extends KestraServer {
  /** What paths of flows, runs and triggers begin with. */
  basePath: string;
  /** False when the server was never set up. */
  setUp: boolean;
}

/**
 * Finds out what the server is: the version from `/api/v1/configs` (with credentials: some versions want them there), the
 * dialect from the table, and whether sign-in and tenant work from one small search.
 */
export async function detectServer({ http, tenant }: DetectOptions): Promise<DetectedServer> {
  const configs = await fetchConfigs(http, { tenant });
  const setUp = configs.isBasicAuthInitialized !== false;
  const context = { tenant, setUp };
  const warnings: string[] = [];
  const known = dialectFor(configs.version);
  let dialect: Dialect;
  if (known === undefined) {
    dialect = await probeDialect(http, context);
    warnings.push(
      `Kestra calls its version "${configs.version}": its API was tried out and looks like ${dialect.from}`,
    );
  } else {
    dialect = known.dialect;
    if (known.warning !== undefined) warnings.push(known.warning);
    if (!dialect.tenantInPath && tenant !== 'main') {
      // Enterprise servers had tenants before 0.23; open-source ones answer 404.
      if ((await tryScope(http, scoped(tenant), context)) !== undefined) dialect = { ...dialect, tenantInPath: true };
      else warnings.push(`Kestra ${configs.version} has no tenants: "${tenant}" is ignored`);
    }
  }
  const basePath = dialect.tenantInPath ? scoped(tenant) : '/api/v1';
  if ((await tryScope(http, basePath, context)) === undefined) {
    throw new KestraError(`Kestra ${configs.version} finds nothing under ${basePath}`, {
      kind: dialect.tenantInPath ? 'tenant' : 'not-kestra',
      verdict: 'fatal',
      hint: dialect.tenantInPath ? `Check the tenant "${tenant}".` : 'Check what stands between here and the server.',
    });
  }
  return {
    version: configs.version,
    ...(typeof configs.edition === 'string' ? { edition: configs.edition } : {}),
    ...(dialect.tenantInPath ? { tenant } : {}),
    uiUrl: `${http.baseUrl}/ui`,
    hiddenLabelPrefixes: configs.hiddenLabelsPrefixes ?? ['system.'],
    ...(typeof configs.systemNamespace === 'string' ? { systemNamespace: configs.systemNamespace } : {}),
    dialect,
    warnings,
    basePath,
    setUp,
  };
}

const scoped = (tenant: string): string => path`/api/v1/${tenant}`;

/** What `/api/v1/configs` says; asked with credentials, which some versions want there. */
export async function fetchConfigs(
  http: HttpClient,
  { tenant, signal }: { tenant: string; signal?: AbortSignal | undefined },
): Promise<Configs> {
  let body: unknown;
  try {
    ({ body } = await http.request({ path: '/api/v1/configs', ...(signal && { signal }) }));
  } catch (error) {
    if (isHttpError(error) && error.kind === 'status' && error.status === 404) {
      throw new KestraError(`no Kestra API below ${error.url.replace(/\/api\/v1\/configs$/, '/')}`, {
        kind: 'context-path',
        verdict: 'fatal',
        hint: 'Check the path of the address: a server with a context path answers below it only, e.g. https://host/kestra.',
        cause: error,
      });
    }
    throw explain(error, { tenant, setUp: true });
  }
  const configs = readConfigs(body);
  if (configs === undefined) {
    throw new KestraError(`what answers at ${http.baseUrl} is not Kestra: its configuration has no version`, {
      kind: 'not-kestra',
      verdict: 'fatal',
      hint: 'Check host and port.',
    });
  }
  return configs;
}

/** The number of flows below this base; `undefined` when there is no such base. */
async function tryScope(
  http: HttpClient,
  basePath: string,
  context: { tenant: string; setUp: boolean },
  query: Record<string, string> = {},
): Promise<number | undefined> {
  try {
    const { status, body } = await http.request({
      path: `${basePath}/flows/search`,
      query: { page: 1, size: 1, ...query },
      accepted: [404],
    });
    return status === 404 ? undefined : readPage(body).total;
  } catch (error) {
    throw explain(error, context);
  }
}

/** For a version that is no number, e.g. `develop`: tries which paths and filters work. */
async function probeDialect(http: HttpClient, context: { tenant: string; setUp: boolean }): Promise<Dialect> {
  if ((await tryScope(http, scoped(context.tenant), context)) !== undefined) return dialects[dialects.length - 1]!;
  const nowhere = { 'filters[namespace][EQUALS]': 'flowmeta.no.such.namespace' };
  const honoursFilters = (await tryScope(http, '/api/v1', context, nowhere)) === 0;
  const wanted = honoursFilters ? 'filters' : 'legacy';
  return dialects.findLast((row) => !row.tenantInPath && row.filters === wanted)!;
}
