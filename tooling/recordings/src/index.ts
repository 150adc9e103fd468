import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One recorded request and its answer, of a real server. */
export interface Exchange {
  /** Name of the recording, unique within its version, e.g. `2196_fill-snap-graph_flows-hackathon.demo-cron_etl-graph`. */
  file: string;
  note?: string;
  /** When it was recorded, ISO 8601. */
  at?: string;
  /** Who asked, where the recording says so: a principal of OpenMetadata, a user of Airflow (`nobody`: without credentials). */
  as?: string;
  request: {
    method: string;
    path: string;
    /** As it was sent, without the question mark. */
    query: string;
    /** Names in lower case; credentials are replaced. */
    headers: Record<string, string>;
    /** Parsed where it was JSON. */
    body?: unknown;
  };
  response: {
    status: number;
    headers: Record<string, string>;
    /** The parsed JSON body. */
    body?: unknown;
    /** The body as text, where it was not JSON. */
    text?: string;
    /** The body's bytes, where they were kept: ZIP archives and gzipped answers. */
    base64?: string;
  };
}

export const kestraVersions = ['0.17.23', '0.20.5', '1.0.3', '2.0.0'] as const;
export const openMetadataVersions = ['1.2', '1.6'] as const;
export const airflowVersions = ['2.10.5', '3.1.8', '3.3.2'] as const;
export type KestraVersion = (typeof kestraVersions)[number];
export type OpenMetadataVersion = (typeof openMetadataVersions)[number];
export type AirflowVersion = (typeof airflowVersions)[number];

function read(path: string): Exchange[] {
  const text = gunzipSync(readFileSync(new URL(`../data/${path}.ndjson.gz`, import.meta.url))).toString('utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Exchange);
}

/** All exchanges recorded of one Kestra version, in the order of their names. */
export const kestraExchanges = (version: KestraVersion): Exchange[] => read(`kestra/${version}`);

/** All exchanges recorded of one OpenMetadata version, in the order of their names. */
export const openMetadataExchanges = (version: OpenMetadataVersion): Exchange[] => read(`openmetadata/${version}`);

/** All exchanges recorded of one Airflow version, in the order in which they were recorded. */
export const airflowExchanges = (version: AirflowVersion): Exchange[] => read(`airflow/${version}`);

/** The group in a Kestra or Airflow recording's name: `fill-snap-graph` of `2196_fill-snap-graph_flows-…`. */
export const groupOf = (exchange: Exchange): string => exchange.file.split('_')[1] ?? '';

const datasetVersions = {
  '0.17.23': [true],
  '0.20.5': [true, false],
  '1.0.3': [true, false],
  '2.0.0': [true, false],
} as const satisfies Record<KestraVersion, readonly boolean[]>;

/** The name of a dataset, e.g. `1.0.3` or `1.0.3-without-plugins`. */
export type DatasetName = KestraVersion | `${'0.20.5' | '1.0.3' | '2.0.0'}-without-plugins`;

/** Every dataset: what a server of each version held, with the plugins its flows use and (from 0.20.5) without them. */
export const datasetNames: readonly DatasetName[] = kestraVersions.flatMap((version) =>
  datasetVersions[version].map((plugins) => (plugins ? version : `${version}-without-plugins`) as DatasetName),
);

/** What a Kestra server held at one moment: the `KestraDataset` of @flowmeta/sandbox, which this package must not import. */
export interface RecordedDataset {
  version: string;
  /** ISO 8601. */
  takenAt: string;
  configs: Record<string, unknown>;
  flows: {
    flow: Record<string, unknown> & { namespace: string; id: string };
    source?: string;
    graph: { status: number; body: unknown };
    dependencies?: unknown;
  }[];
  executions: (Record<string, unknown> & { id: string; namespace: string; flowId: string })[];
  outputs?: Record<string, unknown>;
  triggers: unknown[];
  plugins: unknown;
  namespaces?: unknown[];
}

function readJson(path: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(new URL(`../data/${path}.json.gz`, import.meta.url))).toString('utf8'));
}

/** What a server of that version held, with or without the plugins that its flows use (0.17.23 only with). */
export function kestraDataset(version: KestraVersion, { plugins }: { plugins: boolean }): RecordedDataset {
  const name = (plugins ? version : `${version}-without-plugins`) as DatasetName;
  if (!datasetNames.includes(name)) throw new RangeError(`there is no recorded dataset ${name}`);
  return readJson(`datasets/${name}`) as RecordedDataset;
}

/** What a connector should say about one recorded flow; worked out by `expected.mjs` from the recorded JSON alone. */
export interface ExpectedFlow {
  /** `namespace.id`. */
  pipeline: string;
  namespace: string;
  flowId: string;
  /** The server could not parse it: tasks and links are those of its YAML. */
  broken: boolean;
  enabled: boolean;
  /** By id; types as the server has them, old aliases included. ForEachItem's own three steps are no tasks. */
  tasks: { id: string; type: string }[];
  /** `[from, to]`, sorted: between real tasks, with error handlers as leaves of their flowable. */
  links: [from: string, to: string][];
  /** Schedule triggers that are not disabled. */
  schedules: { id: string; cron: string }[];
  /** Ordinary executions (no iterations of a 2.0 Loop), by start (ISO 8601). */
  runs: { id: string; state: string; start: string }[];
}

/** What a connector should say about every flow of a dataset. */
export function expectedFlows(name: DatasetName): ExpectedFlow[] {
  return (readJson(`expected/${name}`) as { flows: ExpectedFlow[] }).flows;
}

/** What an Airflow server held at one moment: the `AirflowDataset` of @flowmeta/sandbox, which this package must not import. */
export const airflowDataset = (version: AirflowVersion): unknown => readJson(`airflow-datasets/${version}`);
