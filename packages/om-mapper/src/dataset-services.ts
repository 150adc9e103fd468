import type { Dataset } from '@flowmeta/connector';
import { splitFqn } from './fqn.js';

/**
 * The service that the user mapped a dataset to, with the names below it: `['pg_prod', 'shop']` for `pg_prod.shop`. The most
 * precise key wins: a url of the data itself, then the source's own words for the server in their order, last a prefix of a task's type.
 */
export function mappedService(
  dataset: Dataset,
  { mapping, schemes }: { mapping: Readonly<Record<string, string>>; schemes: readonly string[] },
): string[] | undefined {
  const keys = Object.entries(mapping).map(([key, value]) => ({ key: comparable(key), value }));
  if (keys.length === 0) return undefined;
  const value = byUrl(dataset, { keys, schemes }) ?? byConnection(dataset, keys) ?? byTypePrefix(dataset, keys);
  return value === undefined ? undefined : splitFqn(value.trim());
}

type Keys = { key: string; value: string }[];

/** `s3://bucket` and everything below; the longest such key. */
function byUrl(dataset: Dataset, { keys, schemes }: { keys: Keys; schemes: readonly string[] }): string | undefined {
  if (dataset.kind !== 'container') return undefined;
  const urls = schemes.map((scheme) => `${scheme}://${dataset.bucket}/${dataset.path}`);
  return longest(keys.filter(({ key }) => key.includes('://') && urls.some((url) => `${url}/`.startsWith(`${key}/`))));
}

function byConnection({ connections }: Dataset, keys: Keys): string | undefined {
  for (const connection of connections.map(comparable)) {
    const found = keys.find(({ key }) => key === connection);
    if (found !== undefined) return found.value;
  }
  return undefined;
}

/** `io.kestra.plugin.jdbc.postgresql` stands for all its tasks. */
function byTypePrefix({ connections }: Dataset, keys: Keys): string | undefined {
  const types = connections.map(comparable).filter((connection) => /^[\w-]+(\.[\w-]+)+$/.test(connection));
  return longest(keys.filter(({ key }) => key.includes('.') && types.some((type) => type.startsWith(`${key}.`))));
}

const longest = (keys: Keys): string | undefined =>
  keys.reduce<Keys[number] | undefined>(
    (best, entry) => (best === undefined || entry.key.length > best.key.length ? entry : best),
    undefined,
  )?.value;

/** A connection without what the source leaves out of it: white space, `jdbc:`, credentials, parameters, a slash at the end. */
function comparable(connection: string): string {
  const text = connection.replace(/\s+/g, '');
  // A template is taken as it stands: its arguments may look like anything.
  if (text.includes('{{')) return text;
  return text
    .replace(/^jdbc:/i, '')
    .replace(/^([a-z][\w+.:-]*:\/\/)[^/@]*@/i, '$1')
    .replace(/[?;].*$/s, '')
    .replace(/\/+$/, '');
}
