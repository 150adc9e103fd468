import type { Dataset } from '@flowmeta/connector';
import type { Place } from './place.js';
import { hasOneLevel, storedName, storedQuotedName } from './platforms.js';

export type Table = Extract<Dataset, { kind: 'table' }>;

/** A table at a place, whose database and schema stand in for what its name lacks. */
export function tableAt(
  place: Place,
  { database, schema, name }: { database?: string; schema?: string; name: string },
): Table {
  const oneLevel = hasOneLevel(place.platform);
  const inDatabase = oneLevel ? undefined : (database ?? place.database);
  const inSchema = schema ?? (database === undefined ? place.schema : undefined);
  const type = place.connections.at(-1) ?? place.platform;
  return {
    kind: 'table',
    platform: place.platform,
    // A project is the same one, whichever task speaks of it.
    connections:
      place.platform === 'bigquery' && inDatabase !== undefined
        ? [`bigquery://${inDatabase}`, type]
        : place.connections,
    ...(inDatabase !== undefined && { database: inDatabase }),
    ...(inSchema !== undefined && { schema: inSchema }),
    name,
  };
}

/** The table that a property names: `orders`, `public.orders`, `"Public"."Orders"`. Undefined for what is no name. */
export function tableNamed(text: string, place: Place): Table | undefined {
  const parts = nameParts(text);
  if (parts === undefined) return undefined;
  const stored = parts.map(({ name, quoted }) => (quoted ? storedQuotedName : storedName)(name, place.platform));
  const [name = '', schema, database] = stored.reverse();
  return tableAt(place, { name, ...(schema !== undefined && { schema }), ...(database !== undefined && { database }) });
}

const part = /\s*(?:"((?:[^"]|""){1,300})"|`([^`]{1,300})`|\[([^\]]{1,300})\]|([^\s"`[\].;,()]{1,300}))\s*(\.|$)/y;

/** The parts of a dotted name, of which there are at most three. */
function nameParts(text: string): { name: string; quoted: boolean }[] | undefined {
  const parts: { name: string; quoted: boolean }[] = [];
  part.lastIndex = 0;
  while (parts.length < 4) {
    const found = part.exec(text);
    if (found === null) return undefined;
    const quoted = found[1]?.replaceAll('""', '"') ?? found[2] ?? found[3];
    parts.push({ name: quoted ?? found[4] ?? '', quoted: quoted !== undefined });
    if (found[5] === '') return parts.length <= 3 ? parts : undefined;
  }
  return undefined;
}
