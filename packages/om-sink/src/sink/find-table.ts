import { type DatasetLookup, isSpelling, tableCandidates } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import type { OmDataset } from '../client/dataset-entities.js';
import type { SinkFinding } from '../types.js';
import { childFqn } from './child-fqn.js';
import type { GetEntity } from './dataset-finder.js';
import { remember } from './remember.js';

type TableLookup = Extract<DatasetLookup, { type: 'table' }>;

/** Schemas of a service that are gone through for a table without a schema. */
const maxSchemas = 200;
const maxDatabases = 200;
/** A schema with more tables is not listed. */
const maxTables = 5_000;
/** Single lookups in a schema before all of it is read at once, which is cheaper from then on. */
const singleLookups = 25;

export interface TableSearch {
  /** The tables of one service (by FQN) that may be meant. */
  search(service: string, lookup: TableLookup): Promise<ServiceSearch>;
}

/** What a search of one service gave. */
export interface ServiceSearch {
  found: OmDataset[];
  /** What was asked for. */
  tried: string[];
  /** Not all of it could be looked at. */
  isUnsure?: boolean;
}

/** Looks tables up by their names, and goes through lists where names are missing or spelled freely. */
export function createTableSearch(context: {
  client: OmClient;
  get: GetEntity;
  /** Takes what a list told. */
  learn: (table: OmDataset) => void;
  report: (finding: SinkFinding) => void;
}): TableSearch {
  const { client, get, learn, report } = context;
  const lists = new Map<string, Promise<OmDataset[] | undefined>>();
  const indexes = new Map<string, Promise<Map<string, OmDataset> | undefined>>();
  const lookups = new Map<string, number>();
  const reported = new Set<string>();

  const tooMany = (holder: string, size: string): void => {
    if (reported.has(holder)) return;
    reported.add(holder);
    report({
      ref: holder,
      message: `${size}: tables are found there by their exact names, database and schema included, and not otherwise`,
      hint: 'Name the schema in the task, or map the connection to service.database.schema in lineageInformation.datasetServices.',
    });
  };

  const databasesOf = (service: string) =>
    remember(lists, `service ${service}`, () => client.listBelow({ service }, maxDatabases));
  const schemasOf = (database: string) =>
    remember(lists, `database ${database}`, () => client.listBelow({ database }, maxSchemas));
  const tablesOf = (schema: string) =>
    remember(indexes, schema, async () => {
      const tables = await client.listBelow({ schema }, maxTables);
      tables?.forEach(learn);
      return tables && new Map(tables.map((table) => [table.name, table]));
    });

  /** A table by its exact name. */
  const tableAt = async (schema: string, name: string): Promise<OmDataset | undefined> => {
    const count = (lookups.get(schema) ?? 0) + 1;
    lookups.set(schema, count);
    const index = count > singleLookups || indexes.has(schema) ? await tablesOf(schema) : undefined;
    if (index !== undefined) return index.get(name);
    const fqn = childFqn(schema, [name]);
    return fqn === undefined ? undefined : get('table', fqn);
  };

  /** The tables of a schema that may be meant; more than one where only capital letters tell them apart. */
  const tablesLike = async (schema: string, lookup: TableLookup): Promise<OmDataset[]> => {
    const index = await tablesOf(schema);
    if (index === undefined) {
      tooMany(schema, `${schema} has more than ${maxTables} tables`);
      const table = await tableAt(schema, lookup.name);
      return table === undefined ? [] : [table];
    }
    const exact = index.get(lookup.name);
    if (exact !== undefined) return [exact];
    return [...index.values()].filter(({ name }) => isSpelling(name, lookup));
  };

  const schemasToSearch = async (service: string, lookup: TableLookup): Promise<string[]> => {
    const { database, schema, spelling } = lookup;
    const databases = await databasesOf(service);
    if (databases === undefined) {
      tooMany(service, `${service} has more than ${maxDatabases} databases`);
      return [];
    }
    const chosen = like(databases, database, spelling);
    const schemas = await Promise.all(chosen.map(({ fqn }) => schemasOf(fqn)));
    const all = schemas.flatMap((list) => (list === undefined ? [] : like(list, schema, spelling)));
    if (schemas.includes(undefined) || (schema === undefined && all.length > maxSchemas)) {
      tooMany(service, `${service} has more than ${maxSchemas} schemas`);
      return [];
    }
    return all.map(({ fqn }) => fqn);
  };

  /** The first of the names that a table may have, of those that can be told without a list. */
  const byName = async (service: string, lookup: TableLookup, tried: string[]): Promise<OmDataset | undefined> => {
    for (const names of tableCandidates(lookup)) {
      const schema = childFqn(service, names.slice(0, 2));
      if (schema === undefined) continue;
      const table = await tableAt(schema, names[2]!);
      if (table !== undefined) return table;
      tried.push(childFqn(schema, names.slice(2)) ?? schema);
    }
    return undefined;
  };

  /** The same in every database of a service. */
  const inEveryDatabase = async (service: string, lookup: TableLookup, tried: string[]): Promise<OmDataset[]> => {
    const databases = await databasesOf(service);
    if (databases === undefined) tooMany(service, `${service} has more than ${maxDatabases} databases`);
    const others = (databases ?? []).filter(({ name }) => name !== lookup.likely.database);
    const found = await Promise.all(
      others.map(({ name }) => byName(service, { ...lookup, likely: { ...lookup.likely, database: name } }, tried)),
    );
    return found.filter((table) => table !== undefined);
  };

  return {
    async search(service, lookup) {
      const tried: string[] = [];
      const isUnsure = (holders: string[]): boolean => holders.some((holder) => reported.has(holder));
      const table = await byName(service, lookup, tried);
      if (table !== undefined) return { found: [table], tried };
      const { database, schema, spelling } = lookup;
      if (spelling !== 'insensitive' && schema !== undefined) {
        const found = database === undefined ? await inEveryDatabase(service, lookup, tried) : [];
        return { found, tried, isUnsure: isUnsure([service]) };
      }
      const schemas = await schemasToSearch(service, lookup);
      const found = (await Promise.all(schemas.map((schema) => tablesLike(schema, lookup)))).flat();
      return { found, tried: tried.length > 0 ? tried : [service], isUnsure: isUnsure([service, ...schemas]) };
    },
  };
}

/** Those of a list that have the name, or all where no name is given; the exact one before other spellings. */
function like(list: OmDataset[], name: string | undefined, spelling: TableLookup['spelling']): OmDataset[] {
  if (name === undefined) return list;
  const exact = list.filter((entry) => entry.name === name);
  return exact.length > 0 ? exact : list.filter((entry) => isSpelling(entry.name, { name, spelling }));
}
