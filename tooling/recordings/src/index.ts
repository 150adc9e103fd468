import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One recorded request and its answer, of a real server. */
export interface Exchange {
  /** Name of the recording, unique within its version, e.g. `2196_fill-snap-graph_flows-hackathon.demo-cron_etl-graph`. */
  file: string;
  note?: string;
  /** When it was recorded, ISO 8601. */
  at?: string;
  /** The OpenMetadata principal that asked, where the recording says so. */
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
  };
}

export const kestraVersions = ['0.17.23', '0.20.5', '1.0.3', '2.0.0'] as const;
export const openMetadataVersions = ['1.2', '1.6'] as const;
export type KestraVersion = (typeof kestraVersions)[number];
export type OpenMetadataVersion = (typeof openMetadataVersions)[number];

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

/** The group in a Kestra recording's name: `fill-snap-graph` of `2196_fill-snap-graph_flows-…`. */
export const groupOf = (exchange: Exchange): string => exchange.file.split('_')[1] ?? '';
