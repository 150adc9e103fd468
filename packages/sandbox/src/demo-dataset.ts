import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { KestraDataset } from './types.js';

/** What a Kestra 1.0.3 server held: 80 flows and 196 executions, recorded; see `data/README.md`. Each call reads it anew. */
export function demoDataset(): KestraDataset {
  const packed = readFileSync(new URL('../data/demo-dataset.json.gz', import.meta.url));
  return JSON.parse(gunzipSync(packed).toString('utf8')) as KestraDataset;
}
