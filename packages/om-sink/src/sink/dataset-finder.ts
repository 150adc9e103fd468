import { type DatasetLookup, type DatasetType, splitFqn } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import type { OmDataset } from '../client/dataset-entities.js';
import type { DatasetMatch, SinkFinding } from '../types.js';
import { childFqn } from './child-fqn.js';
import { createDataServices, type DataServices } from './data-services.js';
import { findContainer } from './find-container.js';
import { createTableSearch, type ServiceSearch, type TableSearch } from './find-table.js';
import { remember } from './remember.js';

/** Finds the catalog's entities for what a source speaks of. It asks for everything once, for what is not there too. */
export interface DatasetFinder {
  find(lookup: DatasetLookup): Promise<DatasetMatch>;
  /** The first type of which the catalog has an entity of this name. */
  findByFqn(fqn: string, types: readonly DatasetType[]): Promise<DatasetMatch>;
  get: GetEntity;
  readonly findings: readonly SinkFinding[];
}

/** An entity by type and FQN; `undefined` if the catalog has none, or a soft-deleted one. */
export type GetEntity = (type: string, fqn: string) => Promise<OmDataset | undefined>;

/** More names than this don't help anybody. */
const maxTried = 10;

export function createDatasetFinder(client: OmClient, { isFile = false }: { isFile?: boolean } = {}): DatasetFinder {
  const entities = new Map<string, Promise<OmDataset | undefined>>();
  const matches = new Map<string, Promise<DatasetMatch>>();
  const findings: SinkFinding[] = [];
  const report = (finding: SinkFinding): void => void findings.push(finding);

  const get: GetEntity = (type, fqn) => remember(entities, `${type} ${fqn}`, () => client.getEntity(type, fqn));
  const services: DataServices = createDataServices(client, { isFile, report });
  const tables: TableSearch = createTableSearch({
    client,
    get,
    report,
    learn: (table) => void entities.set(`table ${table.fqn}`, Promise.resolve(table)),
  });

  const inService = async (service: string, lookup: DatasetLookup): Promise<ServiceSearch> => {
    switch (lookup.type) {
      case 'table':
        return tables.search(service, lookup);
      case 'container': {
        const bucket = childFqn(service, [lookup.bucket]);
        if (bucket === undefined) return { found: [], tried: [] };
        const found = await findContainer(get, bucket, lookup.path);
        return { found: found === undefined ? [] : [found], tried: [bucket] };
      }
      default: {
        const fqn = childFqn(service, [lookup.name]);
        const found = fqn === undefined ? undefined : await get(lookup.type, fqn);
        return { found: found === undefined ? [] : [found], tried: fqn === undefined ? [] : [fqn] };
      }
    }
  };

  const search = async (lookup: DatasetLookup): Promise<DatasetMatch> => {
    const allowed = await services.allowed(lookup);
    const results = await Promise.all(allowed.map((service) => inService(service, lookup)));
    const found = [...new Set(results.flatMap((result) => result.found.map(({ fqn }) => fqn)))];
    const [only] = found;
    if (only === undefined) {
      const tried = results.flatMap((result) => result.tried).slice(0, maxTried);
      const isUnsure = results.some((result) => result.isUnsure);
      return { kind: 'missing', tried, services: allowed, ...(isUnsure ? { isUnsure } : {}) };
    }
    if (found.length > 1) return { kind: 'ambiguous', candidates: found.sort() };
    return { kind: 'found', type: lookup.type, fqn: only };
  };

  return {
    get,
    findings,
    find: (lookup) => remember(matches, JSON.stringify(lookup), () => search(lookup)),

    async findByFqn(fqn, types) {
      const depth = depthOf(fqn);
      for (const type of types) {
        if (depth === undefined || (type === 'table' && depth !== 4)) continue;
        const found = await get(type, fqn);
        if (found !== undefined) return { kind: 'found', type, fqn: found.fqn };
      }
      return { kind: 'missing', tried: [fqn], services: [] };
    },
  };
}

/** How many names a fully qualified name has; `undefined` for a text that is none. */
function depthOf(fqn: string): number | undefined {
  try {
    return splitFqn(fqn).length;
  } catch {
    return undefined;
  }
}
