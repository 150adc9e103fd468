import { ConfigError } from './config-error.js';
import { type Path, showPath, type YamlDocument } from './yaml-document.js';

/** What `tenants` is where all are wanted, and where the name of one goes in `serviceName`. */
export const allTenants = 'all';
const tenantPlace = '{tenant}';

/** A config as one of its sources would have it to itself: with the section `source`. */
export interface SourceDocument extends YamlDocument {
  /** What a path, as text, is called in the file. */
  named(path: string): string;
  /** Of one that wants all tenants, its copy for each of these. */
  ofTenants?(tenants: readonly string[]): SourceDocument[];
}

/**
 * A copy for each of `sources`, and of these for each of their `tenants`; the document itself where there is one `source`. One that wants all
 * tenants stays one, until somebody knows which there are.
 */
export function documentsPerSource(document: YamlDocument): SourceDocument[] {
  const fail = (path: Path, message: string, hint: string): never => {
    throw new ConfigError(document.file, [{ path: showPath(path), ...document.position(path), message, hint }]);
  };
  const root = document.value;
  if (!isSection(root) || root.sources == null) return perTenant({ ...document, named: (path) => path }, fail);
  const { sources, ...common } = root;
  if ('source' in root) return fail(['sources'], 'stands beside source, which it is instead of', 'Keep one of them.');
  if (!Array.isArray(sources) || sources.length === 0) {
    return fail(['sources'], 'must be a list of sources', 'Write each like the section source, after a dash.');
  }
  if (sources.length > 1 && common.ingestionPipelineFQN != null) {
    const hint = 'Write reportToOpenMetadata: true in workflowConfig instead: each service shows its own runs then.';
    return fail(['ingestionPipelineFQN'], 'is of one service, and there are several sources', hint);
  }
  return sources.flatMap((source, index) => {
    const inFile = (path: Path): Path => (path[0] === 'source' ? ['sources', index, ...path.slice(1)] : path);
    const single: SourceDocument = {
      ...document,
      value: { ...common, source },
      position: (path, key) => document.position(inFile(path), key),
      retyped: (path) => document.retyped(inFile(path)),
      named: (path) => path.replace(/^source(?=[.[\s]|$)/, `sources[${index}]`),
    };
    return perTenant(single, (path, ...why) => fail(inFile(path), ...why));
  });
}

function perTenant(
  document: SourceDocument,
  fail: (path: Path, message: string, hint: string) => never,
): SourceDocument[] {
  const root = document.value as { source?: unknown; ingestionPipelineFQN?: unknown } | null;
  const source = isSection(root) && isSection(root.source) ? root.source : undefined;
  const tenants = source?.tenants;
  // What else it is, is for the schema to refuse.
  const areNames =
    Array.isArray(tenants) && tenants.length > 0 && tenants.every((tenant) => typeof tenant === 'string');
  if (!source || !(areNames || tenants === allTenants)) return [document];
  const { serviceName, serviceConnection } = source;
  const config = isSection(serviceConnection) && isSection(serviceConnection.config) ? serviceConnection.config : {};
  if (config.tenantId != null) {
    fail(['source', 'tenants'], 'stands beside tenantId, which it is instead of', 'Keep one of them.');
  }
  if (typeof serviceName !== 'string' || !serviceName.includes(tenantPlace)) {
    const hint = 'Write it with {tenant} where the name of the tenant goes, e.g. kestra_{tenant}.';
    fail(['source', 'serviceName'], 'would be the same for all tenants', hint);
  }
  if (tenants.length > 1 && root!.ingestionPipelineFQN != null) {
    const hint = 'Write reportToOpenMetadata: true in workflowConfig instead: each service shows its own runs then.';
    fail(['ingestionPipelineFQN'], 'is of one service, and there are several tenants', hint);
  }
  const ofTenants = (names: readonly string[]): SourceDocument[] =>
    names.map((tenant) => ({
      ...document,
      value: {
        ...root,
        source: {
          ...source,
          serviceName: (serviceName as string).replaceAll(tenantPlace, () => tenant),
          serviceConnection: { ...(serviceConnection as object), config: { ...config, tenantId: tenant } },
        },
      },
    }));
  if (tenants === allTenants) return [{ ...document, ofTenants }];
  const twice = tenants.find((tenant, index) => tenants.indexOf(tenant) < index);
  if (twice !== undefined) fail(['source', 'tenants'], `names ${twice} twice`, 'Take one of them away.');
  return ofTenants(tenants);
}

/** Whether a service is, or may be, that of one tenant of a source that wants all. */
export function mayBeService(pattern: string, service: string): boolean {
  const [before = '', ...others] = pattern.split(tenantPlace);
  const after = others.at(-1) ?? '';
  return (
    pattern === service ||
    (others.length > 0 &&
      service.length > before.length + after.length &&
      service.startsWith(before) &&
      service.endsWith(after))
  );
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
