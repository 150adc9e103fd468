// Packs a folder of recorded exchanges (one JSON file each) into one gzipped NDJSON file per server version.
//   node tooling/recordings/src/import.mjs FOLDER
// FOLDER holds kestra/<version>/*.json and openmetadata/<version>/*.json. Transport headers, timings and whatever
// looks like a live credential are dropped, so that the packed files hold what the tests read and nothing else.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';

const source = process.argv[2];
if (!source) throw new Error('usage: import.mjs FOLDER');
const target = new URL('../data/', import.meta.url).pathname;
const droppedHeaders = new Set(['date', 'connection', 'content-length', 'transfer-encoding', 'set-cookie', 'cookie']);
const jwt = /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g;
const credentialKeys = new Set(['accessToken', 'refreshToken', 'jwtToken', 'JWTToken', 'password', 'confirmPassword']);

const headers = (all = {}) =>
  Object.fromEntries(
    Object.entries(all)
      .map(([name, value]) => [name.toLowerCase(), value])
      .filter(([name]) => !droppedHeaders.has(name)),
  );

const clean = (value, key) => {
  if (typeof value === 'string')
    return credentialKeys.has(key) && !value.includes('{{') ? '<redacted>' : value.replace(jwt, '<jwt>');
  if (Array.isArray(value)) return value.map((item) => clean(item));
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, clean(item, name)]));
  return value;
};

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
    const lines = [];
    for (const file of readdirSync(folder).sort()) {
      if (!file.endsWith('.json') || file.startsWith('INDEX')) continue;
      const exchange = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const { request, response } = exchange;
      const query =
        typeof request.query === 'string' ? request.query : new URLSearchParams(request.query ?? {}).toString();
      lines.push(
        JSON.stringify({
          file: file.replace(/\.json$/, ''),
          ...(exchange.note ? { note: exchange.note } : {}),
          ...(exchange.at ? { at: exchange.at } : {}),
          ...(exchange.meta?.as ? { as: exchange.meta.as } : {}),
          request: {
            method: request.method,
            path: request.path,
            query,
            headers: headers(request.headers),
            ...(request.body === undefined || request.body === null ? {} : { body: clean(parsed(request.body)) }),
          },
          response: {
            status: response.status,
            headers: headers(response.headers),
            ...(response.body === undefined ? {} : { body: clean(response.body) }),
            ...(response.text === undefined ? {} : { text: clean(response.text) }),
            ...(response.base64 === undefined ? {} : { base64: response.base64 }),
          },
        }),
      );
    }
    mkdirSync(join(target, system), { recursive: true });
    const packed = gzipSync(Buffer.from(`${lines.join('\n')}\n`), { level: constants.Z_BEST_COMPRESSION });
    writeFileSync(join(target, system, `${version}.ndjson.gz`), packed);
    console.log(`${system} ${version}: ${lines.length} exchanges, ${packed.length} bytes`);
  }
}
