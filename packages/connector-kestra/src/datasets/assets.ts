import { type Dataset, datasetKey } from '@flowmeta/connector';
import { decodeProperty, type KestraTaskRun } from '@flowmeta/kestra-client';
import type { TemplateValues } from '@flowmeta/sql-lineage';
import type { Properties } from '../lineage/values.js';
import { type Container, containerOfUrl } from './file-url.js';
import { connectionsOfType, type Place } from './place.js';
import { hasOneLevel, platformNamed } from './platforms.js';
import { type RenderedText, renderText } from './rendering.js';
import { tableAt } from './table-name.js';
import type { DatasetUse, Movements, Trust } from './types.js';

/** Where the assets of a task are when they don't say so themselves. */
export interface AssetContext {
  /** The task's type. */
  type: string;
  /** Where its tables are; absent when the task is of no such kind. */
  place?: Place;
}

/** What a task's `assets` declare, and the assets that can't be placed. */
export interface DeclaredAssets extends Movements {
  /** Names that only a run fills in. */
  unknown: RenderedText[];
  /** Ids of assets of which nobody says in which system they are. */
  homeless: string[];
}

const mostAssets = 1_000;

/**
 * The datasets that a task or a trigger declares in `assets`, in each form that Kestra's JSON and YAML have had for them: one text, a
 * mapping of texts, lists. All inputs of a declaration flow into all of its outputs: that is what it says.
 */
export function declaredAssets(assets: unknown, values: TemplateValues, context: AssetContext): DeclaredAssets {
  const decoded = decodeProperty(assets);
  const found: DeclaredAssets = { reads: [], writes: [], moves: [], unknown: [], homeless: [] };
  if (typeof decoded === 'string' && decoded.includes('{{')) found.unknown.push(renderText(decoded, values));
  else addBundle(decoded, { found, context, trust: 'declared', property: 'assets', values });
  return found;
}

/**
 * The datasets that one task run says that it has read and written. Each bundle of `assetEmits` is a movement of its own; older servers
 * have one bundle, `assets`.
 */
export function emittedAssets(run: Pick<KestraTaskRun, 'assets' | 'assetEmits'>, context: AssetContext): Movements {
  const found: DeclaredAssets = { reads: [], writes: [], moves: [], unknown: [], homeless: [] };
  const emits = decodeProperty(run.assetEmits ?? undefined);
  const bundles: unknown[] = Array.isArray(emits) ? emits.slice(0, mostAssets) : [emits ?? run.assets];
  const property = run.assetEmits == null ? 'assets' : 'assetEmits';
  for (const bundle of bundles) addBundle(decodeProperty(bundle), { found, context, trust: 'run', property });
  const { reads, writes, moves } = found;
  return { reads, writes, moves };
}

interface Adding {
  found: DeclaredAssets;
  context: AssetContext;
  trust: Trust;
  property: string;
  /** Absent: names are as they are. */
  values?: TemplateValues;
}

function addBundle(bundle: unknown, adding: Adding): void {
  if (typeof bundle !== 'object' || bundle === null) return;
  const { found, property } = adding;
  const [reads, writes] = (['inputs', 'outputs'] as const).map((side) =>
    usesOf(own(bundle, side), { ...adding, property: `${property}.${side}` }),
  ) as [DatasetUse[], DatasetUse[]];
  addNew(found.reads, reads);
  addNew(found.writes, writes);
  const pairs = new Set(found.moves.map(({ from, to }) => pairKey(from, to)));
  for (const from of reads)
    for (const to of writes) {
      if (found.moves.length >= 10 * mostAssets) return;
      const key = pairKey(from, to);
      if (datasetKey(from.dataset) === datasetKey(to.dataset) || pairs.has(key)) continue;
      pairs.add(key);
      found.moves.push({ from, to });
    }
}

const pairKey = (from: DatasetUse, to: DatasetUse): string => `${datasetKey(from.dataset)} ${datasetKey(to.dataset)}`;

function addNew(list: DatasetUse[], more: readonly DatasetUse[]): void {
  const known = new Set(list.map(({ dataset }) => datasetKey(dataset)));
  for (const use of more) {
    const key = datasetKey(use.dataset);
    if (!known.has(key)) list.push(use);
    known.add(key);
  }
}

function usesOf(list: unknown, { found, context, trust, property, values }: Adding): DatasetUse[] {
  if (typeof list === 'string' && list.includes('{{') && values) {
    found.unknown.push(renderText(list, values));
    return [];
  }
  const members: unknown[] = Array.isArray(list) ? list.slice(0, mostAssets) : [];
  const uses: DatasetUse[] = [];
  for (const member of members) {
    const asset = typeof member === 'string' ? { id: member } : member;
    if (typeof asset !== 'object' || asset === null) continue;
    const unknown: RenderedText[] = [];
    const read = (path: readonly string[]): string => textAt(asset, path, values, unknown);
    const dataset = assetDataset(read, context);
    // One name that isn't known makes another table of it.
    if (unknown.length > 0) found.unknown.push(...unknown);
    else if (dataset === 'homeless') found.homeless.push(read(['id']));
    else if (dataset !== undefined) addNew(uses, [{ dataset, property, trust }]);
  }
  return uses;
}

function textAt(
  asset: object,
  path: readonly string[],
  values: TemplateValues | undefined,
  unknown: RenderedText[],
): string {
  let found: unknown = asset;
  for (const key of path) found = own(found, key);
  if (typeof found !== 'string' || found.length > 10_000) return '';
  if (values === undefined) return found.trim();
  const text = renderText(found, values);
  if (!text.known) unknown.push(text);
  return text.text.trim();
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return decodeProperty((value as Properties)[key]);
}

type Read = (path: readonly string[]) => string;

function assetDataset(read: Read, context: AssetContext): Dataset | 'homeless' | undefined {
  const id = read(['id']);
  const type = read(['type']).split('.').at(-1)?.toLowerCase() ?? '';
  const system = read(['metadata', 'system']);
  if (type === 'vm') return undefined;
  const location = read(['metadata', 'location']) || read(['metadata', 'path']);
  if (type === 'dataset' || type === 'file') {
    const place = location || id;
    const container = containerAt(place, system, context.type);
    if (container !== undefined) return container;
    return type === 'file' ? undefined : tableOf(place, { system, context });
  }
  const name = read(['metadata', 'name']);
  if (name !== '' && (type === 'table' || type === '')) {
    const place = placeOf(system, context);
    if (place === undefined) return 'homeless';
    const [database, schema] = [read(['metadata', 'database']), read(['metadata', 'schema'])];
    return tableAt(bare(place), { name, ...levels(place, { database, schema }) });
  }
  const container = type === 'table' ? undefined : containerAt(location || id, system, context.type);
  if (container !== undefined) return container;
  return tableOf(id, {
    system,
    context,
    database: read(['metadata', 'database']),
    schema: read(['metadata', 'schema']),
  });
}

const schemes: ReadonlyMap<string, string> = new Map([
  ['s3', 's3'],
  ['gcs', 'gs'],
  ['gs', 'gs'],
]);

/** A url, or the path `bucket/folder` in a storage that is named. */
function containerAt(text: string, system: string, type: string): Container | undefined {
  const scheme = schemes.get(system.toLowerCase());
  const isPath = scheme !== undefined && /^\/{0,2}[\w.-]+\//.test(text);
  return containerOfUrl({ text: isPath ? `${scheme}://${text.replace(/^\/+/, '')}` : text, known: true }, type);
}

/** A dotted name: an id may be anything, but this is how tables are called. */
function tableOf(
  id: string,
  {
    system,
    context,
    database = '',
    schema = '',
  }: { system: string; context: AssetContext; database?: string; schema?: string },
): Dataset | 'homeless' | undefined {
  if (!/^[\p{L}\p{N}_$-]+(?:\.[\p{L}\p{N}_$-]+){0,2}$/u.test(id)) return undefined;
  const parts = id.split('.');
  // A single word is a table only where something says so.
  if (parts.length === 1 && system === '' && context.place === undefined) return undefined;
  const place = placeOf(system, context);
  if (place === undefined) return 'homeless';
  const [name = '', ofSchema, ofDatabase] = parts.reverse();
  return tableAt(place, {
    name,
    ...levels(place, { database: ofDatabase ?? database, schema: ofSchema ?? schema }),
  });
}

/** The task's own place, unless the asset names another system. */
function placeOf(system: string, { type, place }: AssetContext): Place | undefined {
  if (system === '') return place && !place.isTransient ? place : undefined;
  const named = platformNamed(system) ?? { platform: system.toLowerCase() };
  return place?.platform === named.platform && !place.isTransient
    ? place
    : { ...named, connections: connectionsOfType(type) };
}

/** A place that lends a name nothing. */
const bare = ({ platform, connections, database }: Place): Place => ({
  platform,
  connections,
  ...(database !== undefined && { database }),
});

/** With one level above tables, a database is what others call schema. */
function levels(
  place: Place,
  { database, schema }: { database: string; schema: string },
): { database?: string; schema?: string } {
  const isOneLevel = hasOneLevel(place.platform);
  const inSchema = schema || (isOneLevel ? database : '');
  return {
    ...(database !== '' && !isOneLevel && { database }),
    ...(inSchema !== '' && { schema: inSchema }),
  };
}
