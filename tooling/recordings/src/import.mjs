// Packs a folder of recorded exchanges (one JSON file each) into one gzipped NDJSON file per server version.
//   node tooling/recordings/src/import.mjs FOLDER
// FOLDER holds kestra/<version>/*.json and openmetadata/<version>/*.json. Transport headers, timings and whatever
// looks like a live credential are dropped, so that the packed files hold what the tests read and nothing else.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from './trim.mjs';

const source = process.argv[2];
if (!source) throw new Error('usage: import.mjs FOLDER');
const parsed = (body) => {
  if (typeof body !== 'string') return body ?? null;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};

for (const system of ['kestra', 'openmetadata']) {
  for (const version of readdirSync(join(source, system))) {
    const folder = join(source, system, version);
    if (!statSync(folder).isDirectory()) continue;
    const exchanges = [];
    for (const file of readdirSync(folder).sort()) {
      if (!file.endsWith('.json') || file.startsWith('INDEX')) continue;
      const exchange = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const { request, response } = exchange;
      const query =
        typeof request.query === 'string' ? request.query : new URLSearchParams(request.query ?? {}).toString();
      exchanges.push({
        file: file.replace(/\.json$/, ''),
        ...(exchange.note ? { note: exchange.note } : {}),
        ...(exchange.at ? { at: exchange.at } : {}),
        ...(exchange.meta?.as ? { as: exchange.meta.as } : {}),
        request: {
          method: request.method,
          path: request.path,
          query,
          headers: request.headers,
          ...(request.body === undefined || request.body === null ? {} : { body: parsed(request.body) }),
        },
        response: {
          status: response.status,
          headers: response.headers,
          ...(response.body === undefined ? {} : { body: response.body }),
          ...(response.text === undefined ? {} : { text: response.text }),
          ...(response.base64 === undefined ? {} : { base64: response.base64 }),
        },
      });
    }
    pack(system, version, exchanges);
  }
}
