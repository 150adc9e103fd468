import { startServer } from '../http-server.js';
import type { DatasetSeed, OpenMetadataSandbox, OpenMetadataSandboxOptions, SeedWithColumnsOptions } from '../types.js';
import { type Catalog, createCatalog } from './catalog.js';
import { seedDataset, seedDatasetBody } from './dataset-seeds.js';
import type { Entity, Json } from './entities.js';
import { allFields, viewEntity } from './entity-views.js';
import { createHandler } from './handler.js';
import { loadRequestShapes } from './request-shapes.js';
import { furnish, seedPerson } from './seeds.js';
import { statusesOf } from './status-store.js';
import { rulesOf } from './versions.js';

const variable = /^(?:[0-9a-f]{8}-[0-9a-f-]{27}|-?\d+)$/i;

/** `/api/v1/pipelines/name/{}` of a path with a name in it, for counts. */
function patternOf(path: string): string {
  const segments = path.split('/');
  return segments
    .map((segment, position) => {
      const before = segments[position - 1];
      const isName =
        before === 'name' || segments[position + 1] === 'status' || segments[position + 1] === 'pipelineStatus';
      return isName || variable.test(segment) ? '{}' : segment;
    })
    .join('/');
}

function inspect(catalog: Catalog): OpenMetadataSandbox['catalog'] {
  const rows = (type: Entity['type']): Entity[] =>
    catalog.tables[type].index.ids().flatMap((id) => catalog.tables[type].byId.get(id) ?? []);
  const views = (type: Entity['type']): Json[] => rows(type).map((row) => viewEntity(catalog, row, allFields));
  const nameOf = ({ type, id }: { type: string; id: string }): { type: string; fqn: string } => ({
    type,
    fqn: catalog.tables[type as Entity['type']]?.byId.get(id)?.fullyQualifiedName ?? id,
  });
  return {
    services: () => views('pipelineService'),
    pipelines: () => views('pipeline') as ReturnType<OpenMetadataSandbox['catalog']['pipelines']>,
    statuses: (fqn) => statusesOf(catalog, fqn),
    edges: () =>
      [...catalog.lineage.byKey.values()].map(({ from, to, details = {} }) => ({
        from: nameOf(from),
        to: nameOf(to),
        details,
      })),
    tags: () => rows('tag').map((row) => row.fullyQualifiedName),
    changes: () => catalog.changes,
  };
}

type Seeding = Pick<
  OpenMetadataSandbox,
  'seed' | 'seedTable' | 'seedContainer' | 'seedTopic' | 'seedSearchIndex' | 'seedDatasets'
>;

function seeding(catalog: Catalog): Seeding {
  const seed = (type: DatasetSeed['type'], fqn: string, options: SeedWithColumnsOptions = {}): string => {
    const { serviceType, columns, ...own } = options;
    return seedDataset(catalog, { type, fqn, serviceType, own, ...(columns === undefined ? {} : { columns }) });
  };
  return {
    seed: (type, entity) =>
      type === 'user' || type === 'team' ? seedPerson(catalog, type, entity) : seedDatasetBody(catalog, type, entity),
    seedTable: (fqn, columns, options) => seed('table', fqn, { ...options, columns }),
    seedContainer: (fqn, options) => seed('container', fqn, options),
    seedTopic: (fqn, options) => seed('topic', fqn, options),
    seedSearchIndex: (fqn, options) => seed('searchIndex', fqn, options),
    seedDatasets: (seeds) => {
      for (const each of seeds) seedDataset(catalog, each);
    },
  };
}

/** A clock that needs no wall clock: it starts at 2026-01-01T00:00:00Z and goes on by one ms each time it is read. */
function createClock(): () => number {
  let time = Date.UTC(2026, 0, 1);
  return () => {
    time += 1;
    return time;
  };
}

/**
 * Starts an OpenMetadata stand-in: a catalog in memory behind real HTTP on 127.0.0.1. 1.2 and 1.6 behave as recorded of real servers,
 * the versions between and after as their schemas and documents say (`simulated`).
 *
 * The token signs in as the ingestion bot; `<token>.admin` signs in as an administrator and `<token>.<name>` as the user of that name.
 * Without `now`, time starts at 2026-01-01T00:00:00Z and goes on by 1 ms per reading, so that two runs of a test are the same.
 * Throws for a version that it does not know.
 */
export async function startOpenMetadataSandbox(options: OpenMetadataSandboxOptions = {}): Promise<OpenMetadataSandbox> {
  const { version = '1.6', token = 'sandbox-token', now = createClock() } = options;
  const rules = rulesOf(version);
  const shapes = await loadRequestShapes(rules.version);
  const catalog = createCatalog({ rules, shapes, now });
  furnish(catalog);
  const { port, latencyMs, faults, recordRequests } = options;
  const server = await startServer({
    port,
    latencyMs,
    faults,
    recordRequests,
    patternOf,
    handle: createHandler(catalog, token),
  });
  catalog.origin = server.url;
  return {
    ...server,
    token,
    simulated: rules.simulated,
    catalog: inspect(catalog),
    ...seeding(catalog),
  };
}
