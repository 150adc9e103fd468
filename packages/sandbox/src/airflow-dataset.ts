import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { AirflowDataset } from './types.js';

/** What an Airflow held, recorded; `major` is the first number of its version. See `data/README.md`. Each call reads it anew. */
export function airflowDataset(major: 2 | 3): AirflowDataset {
  const packed = readFileSync(new URL(`../data/airflow-${major}.json.gz`, import.meta.url));
  return JSON.parse(gunzipSync(packed).toString('utf8')) as AirflowDataset;
}
