import type { DatasetSeed } from '../types.js';

type Json = Record<string, unknown>;

/** How much data the generated flows move. */
export interface DataLoad {
  flows: number;
  /** Plain tasks of each flow. */
  tasks: number;
  datasets?: number | undefined;
}

/** Where all generated tables and files are, as Kestra's tasks and as OpenMetadata say it. */
const url = 'jdbc:postgresql://db.example.com:5432/shop';
const bucket = 'bench-lake';
const database = 'pg_bench.shop';
const storage = `s3_bench.${bucket}`;
const columns = ['id', 'name', 'amount'];

const postgres = 'io.kestra.plugin.jdbc.postgresql.';
const s3 = 'io.kestra.plugin.aws.s3.';
/** Every so many times data goes by way of a file. */
const fileEvery = 10;
/** Without a number of datasets: every so many tasks, one is a query. */
const queryEvery = 3;

const pad = (value: number): string => String(value).padStart(6, '0');
const tableOf = (index: number): string => `stage.table_${pad(index)}`;
const folderOf = (index: number): string => `hop_${pad(index)}`;

/** One way of data, from a table to the next. */
interface Hop {
  /** Of the table that it starts from. */
  index: number;
  byFile: boolean;
}

/** The first table of a flow, or of the one behind the last flow. */
const firstTableOf = (flow: number, { flows, datasets = 0 }: DataLoad): number => Math.floor((flow * datasets) / flows);

function hopsOf(flow: number, load: DataLoad): Hop[] {
  const first = firstTableOf(flow, load);
  const count = Math.max(0, firstTableOf(flow + 1, load) - first - 1);
  return Array.from({ length: count }, (_, position) => ({
    index: first + position,
    byFile: position % fileEvery === fileEvery - 1,
  }));
}

function tasksOfHop({ index, byFile }: Hop): Json[] {
  const id = folderOf(index);
  const [from, to] = [tableOf(index), tableOf(index + 1)];
  const list = columns.join(', ');
  if (!byFile) {
    const sql = `INSERT INTO ${to} (${list})\nSELECT ${list}\nFROM ${from}`;
    return [{ id, type: `${postgres}Query`, url, sql }];
  }
  const file = { bucket, key: `${id}/data.csv`, region: 'eu-west-1' };
  return [
    { id: `${id}_out`, type: `${postgres}CopyOut`, url, sql: `SELECT ${list} FROM ${from}`, format: 'CSV' },
    { id: `${id}_upload`, type: `${s3}Upload`, from: `{{ outputs.${id}_out.uri }}`, ...file },
    { id: `${id}_download`, type: `${s3}Download`, ...file },
    {
      id: `${id}_in`,
      type: `${postgres}CopyIn`,
      url,
      table: to,
      columns,
      from: `{{ outputs.${id}_download.uri }}`,
      format: 'CSV',
    },
  ];
}

/** The tasks of a flow that move data along its share of the tables; none without a number of datasets. */
export const dataTasksOf = (flow: number, load: DataLoad): Json[] =>
  load.datasets === undefined ? [] : hopsOf(flow, load).flatMap(tasksOfHop);

/** The tables of a query among the plain tasks, `undefined` where the task is none. */
function queryTablesOf(place: { flow: number; task: number }, load: DataLoad): [from: string, to: string] | undefined {
  const { flow, task } = place;
  if (load.datasets !== undefined || task % queryEvery !== queryEvery - 1) return undefined;
  return [`raw.table_${flow}_${task}`, `mart.table_${flow}_${task}`];
}

/** What a plain task is that queries, `undefined` where it does not. */
export function plainQueryOf(place: { flow: number; task: number }, load: DataLoad): Json | undefined {
  const tables = queryTablesOf(place, load);
  return tables && { type: `${postgres}Query`, url, sql: `INSERT INTO ${tables[1]} SELECT * FROM ${tables[0]}` };
}

const tableSeed = (name: string): DatasetSeed => ({
  type: 'table',
  fqn: `${database}.${name}`,
  serviceType: 'Postgres',
  columns,
});

/**
 * The tables and files that `generateDataset` with the same options moves data between, to be seeded into an OpenMetadata stand-in with
 * `seedDatasets`: tables of the Postgres service `pg_bench`, folders of the S3 service `s3_bench`.
 */
export function generatedCatalog(load: DataLoad): DatasetSeed[] {
  const flows = Array.from({ length: load.flows }, (_, flow) => flow);
  if (load.datasets === undefined) {
    const tasks = Array.from({ length: load.tasks }, (_, task) => task);
    return flows.flatMap((flow) => tasks.flatMap((task) => queryTablesOf({ flow, task }, load) ?? [])).map(tableSeed);
  }
  const tables = Array.from({ length: load.datasets }, (_, index) => tableSeed(tableOf(index)));
  const folders = flows
    .flatMap((flow) => hopsOf(flow, load))
    .filter(({ byFile }) => byFile)
    .map(({ index }): DatasetSeed => ({ type: 'container', fqn: `${storage}.${folderOf(index)}`, serviceType: 'S3' }));
  return [...tables, ...folders];
}
