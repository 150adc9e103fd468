import { type Dataset, datasetLabel } from '@flowmeta/connector';
import { placeOf } from './dataset-platforms.js';
import { mappedService } from './dataset-services.js';
import type { DatasetLookup, DatasetServices } from './types.js';

/** What OpenMetadata's connectors call the database of a platform that has none above its schemas. */
const onlyDatabase = 'default';

/**
 * Where to look for a dataset of a source: in which services, and by which names. The user's mapping wins over all else: its
 * service is the only one, and the database and schema in it replace those of the source.
 *
 * A value of the mapping that is no fully qualified name is an error with the verdict `skip`.
 */
export function datasetLookup(dataset: Dataset, services: DatasetServices = {}): DatasetLookup {
  const place = placeOf(dataset);
  const mapped = mappedService(dataset, { mapping: services.mapping ?? {}, schemes: place.schemes });
  const names = place.namesOf(services);
  const shared = {
    label: datasetLabel(dataset),
    serviceKind: place.kind,
    serviceTypes: place.types,
    spelling: place.spelling,
    servers: dataset.connections.map(withoutSpaces),
    ...(mapped === undefined ? {} : { service: mapped[0]! }),
    ...(mapped !== undefined || names === undefined || names.length === 0 ? {} : { serviceNames: names }),
  };
  const below = mapped?.slice(1) ?? [];
  switch (dataset.kind) {
    case 'table':
      return { ...shared, type: 'table', ...tableNames(dataset, { levels: place.levels, below }) };
    case 'container':
      return { ...shared, type: 'container', bucket: below[0] ?? dataset.bucket, path: pathOf(dataset.path) };
    default:
      return { ...shared, type: dataset.kind, name: dataset.name };
  }
}

type TableNames = Pick<Extract<DatasetLookup, { type: 'table' }>, 'database' | 'schema' | 'name' | 'likely'>;

function tableNames(
  table: Extract<Dataset, { kind: 'table' }>,
  { levels, below }: { levels: ReturnType<typeof placeOf>['levels']; below: readonly string[] },
): TableNames {
  const given = {
    three: { database: table.database, schema: table.schema },
    schema: { database: undefined, schema: table.schema ?? table.database },
    owner: { database: undefined, schema: table.schema },
    flat: { database: undefined, schema: undefined },
  }[levels];
  const database = below[0] ?? given.database;
  const schema = below[1] ?? given.schema;
  const likely = {
    ...(levels === 'three' ? {} : { database: onlyDatabase }),
    ...(levels === 'flat' ? { schema: onlyDatabase } : {}),
  };
  return {
    name: table.name,
    likely,
    ...(database ? { database } : {}),
    ...(schema ? { schema } : {}),
  };
}

/** The folders of a path, up to the first that is a pattern. */
function pathOf(path: string): string[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  const pattern = segments.findIndex((segment) => /[*?{[]/.test(segment));
  return pattern < 0 ? segments : segments.slice(0, pattern);
}

const withoutSpaces = (text: string): string => text.replace(/\s+/g, '');

type Spelling = DatasetLookup['spelling'];

/** How a platform may have changed a name that was not quoted. */
const foldings: Readonly<Record<Spelling, readonly ((name: string) => string)[]>> = {
  exact: [],
  insensitive: [],
  lower: [(name) => name.toLowerCase()],
  upper: [(name) => name.toUpperCase(), (name) => name.toLowerCase()],
};
const asGiven = (name: string): string => name;

/** Whether a name of the catalog is the one that is looked for. */
export function isSpelling(candidate: string, { name, spelling }: { name: string; spelling: Spelling }): boolean {
  if (spelling === 'insensitive') return candidate.toLowerCase() === name.toLowerCase();
  return candidate === name || foldings[spelling].some((fold) => fold(name) === candidate);
}

/**
 * The names below the service (database, schema, table) that a table may have, the most likely first; empty if only a list of
 * the catalog's databases and schemas can tell.
 */
export function tableCandidates(lookup: Extract<DatasetLookup, { type: 'table' }>): string[][] {
  const { name, spelling, likely } = lookup;
  const database = lookup.database ?? likely.database;
  const schema = lookup.schema ?? likely.schema;
  if (database === undefined || schema === undefined) return [];
  const folds = [asGiven, ...foldings[spelling]];
  const candidates = new Map<string, string[]>();
  // A database often has a spelling of its own: it comes from a url, not from SQL.
  for (const foldDatabase of lookup.database === undefined ? [asGiven] : folds) {
    for (const fold of folds) {
      const names = [foldDatabase(database), lookup.schema === undefined ? schema : fold(schema), fold(name)];
      candidates.set(JSON.stringify(names), names);
    }
  }
  return [...candidates.values()];
}
