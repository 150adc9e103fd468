import { type HttpClient, isHttpError } from '@flowmeta/http';
import { fetchConfigs } from './detect.js';
import { explain, isKestraError, KestraError, wholeListing } from './kestra-error.js';
import { readPages } from './paging.js';
import { readPage, readTenant } from './read/other.js';

/** One page holds the tenants of nearly every server: in what order several come is not known. */
const pageSize = 1000;

export interface ListTenantsOptions {
  http: HttpClient;
  /** The tenant as configured; the list belongs to none. */
  tenant: string;
  signal: AbortSignal | undefined;
}

/** The ids of all tenants, sorted; see `KestraClient.tenants`. */
export async function listTenants({ http, tenant, signal }: ListTenantsOptions): Promise<string[]> {
  const configs = await fetchConfigs(http, { tenant, signal });
  if (configs.edition === 'OSS') throw noTenants(configs.version);
  const fetchPage = async (page: number) => {
    const query = { page, size: pageSize };
    try {
      return readPage((await http.request({ path: '/api/v1/tenants/search', query, ...(signal && { signal }) })).body);
    } catch (error) {
      throw refused(error, { tenant, version: configs.version, setUp: configs.isBasicAuthInitialized !== false });
    }
  };
  const keyOf = (item: unknown): string => readTenant(item).id;
  const found: string[] = [];
  for await (const item of readPages({ what: 'tenants', pageSize, fetchPage, keyOf, countable: true })) {
    const { id, deleted } = readTenant(item);
    if (!deleted) found.push(id);
  }
  return found.sort();
}

/** Why there is no list. Open-source servers have no such path, and before 0.24 they don't say that they are open source. */
function refused(error: unknown, context: { tenant: string; version: string; setUp: boolean }): unknown {
  if (isHttpError(error) && error.kind === 'status') {
    const { status, body = '' } = error;
    if (status === 404 || status === 405 || (status === 400 && /tenant/i.test(body))) {
      return noTenants(context.version, error);
    }
  }
  const explained = explain(error, context);
  if (!isKestraError(explained) || (explained.kind !== 'permission' && explained.kind !== 'sign-in')) {
    return wholeListing(explained, 'tenants');
  }
  const { message, kind, verdict } = explained;
  const hint =
    'The list of tenants is for a Superadmin: check user name and password or the API token, and whose it is.';
  return new KestraError(message, { kind, verdict, hint, cause: error });
}

function noTenants(version: string, cause?: unknown): KestraError {
  return new KestraError(`Kestra ${version} has no list of tenants`, {
    kind: 'tenant',
    verdict: 'fatal',
    hint: 'Only the Enterprise edition has one. Open source has one tenant, `main`, which is read without naming it.',
    ...(cause === undefined ? {} : { cause }),
  });
}
