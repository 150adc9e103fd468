// What a recording leaves out before it is packed: transport headers and whatever looks like a live credential.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';

const target = new URL('../data/', import.meta.url).pathname;
const droppedHeaders = new Set(['date', 'connection', 'content-length', 'transfer-encoding', 'set-cookie', 'cookie']);
const jwt = /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g;
const credentialKeys = new Set([
  'accessToken',
  'access_token',
  'refreshToken',
  'jwtToken',
  'JWTToken',
  'password',
  'confirmPassword',
]);

export const trimHeaders = (all = {}) =>
  Object.fromEntries(
    Object.entries(all)
      .map(([name, value]) => [name.toLowerCase(), value])
      .filter(([name]) => !droppedHeaders.has(name)),
  );

export const withoutCredentials = (value, key) => {
  if (typeof value === 'string')
    return credentialKeys.has(key) && !value.includes('{{') ? '<redacted>' : value.replace(jwt, '<jwt>');
  if (Array.isArray(value)) return value.map((item) => withoutCredentials(item));
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutCredentials(item, name)]));
  return value;
};

/** Writes `data/<system>/<version>.ndjson.gz`, one trimmed exchange per line. */
export function pack(system, version, exchanges) {
  const lines = exchanges.map(({ request, response, ...about }) =>
    JSON.stringify({
      ...about,
      request: {
        ...request,
        headers: trimHeaders(request.headers),
        ...(request.body === undefined || request.body === null ? {} : { body: withoutCredentials(request.body) }),
      },
      response: {
        ...response,
        headers: trimHeaders(response.headers),
        ...(response.body === undefined ? {} : { body: withoutCredentials(response.body) }),
        ...(response.text === undefined ? {} : { text: withoutCredentials(response.text) }),
      },
    }),
  );
  mkdirSync(join(target, system), { recursive: true });
  const packed = gzipSync(Buffer.from(`${lines.join('\n')}\n`), { level: constants.Z_BEST_COMPRESSION });
  writeFileSync(join(target, system, `${version}.ndjson.gz`), packed);
  console.log(`${system} ${version}: ${lines.length} exchanges, ${packed.length} bytes`);
}
