import type { Dataset } from '@flowmeta/connector';
import { bucketAt, containerOfUrl, folderPath } from './file-url.js';
import type { Place } from './place.js';
import type { RenderedText } from './rendering.js';
import { tableAt, tableNamed } from './table-name.js';
import type { PropertyPath, TaskReader } from './task-reader.js';

/** What an extractor has found. */
export interface Found {
  add(dataset: Dataset | undefined): void;
  /** A name that only a run fills in. */
  unknown(text: RenderedText): void;
}

/** Finds the datasets that one property names, alone or with others. */
export interface Extractor {
  /** As the property is told to people. */
  property: string;
  find(task: TaskReader, place: Place, found: Found): void;
}

const last = (path: PropertyPath): string => (typeof path === 'string' ? path : path.join('.'));

/** Whether a text is nothing but data of another task, a trigger or the caller: how tasks join tells where that comes from. */
const isReference = ({ known, text, shown }: RenderedText): boolean =>
  !known && text.trim() === '' && /^\s*\{\{[^}]*\b(?:outputs|trigger|inputs|taskrun|item|parents?)\b/.test(shown);

/** A whole name, or a word that it isn't known. */
function whole(text: RenderedText | undefined, found: Found): string | undefined {
  if (text === undefined) return undefined;
  if (text.known) return text.text.trim();
  found.unknown(text);
  return undefined;
}

/** Names of tables, as SQL has them. */
export const table = (path: PropertyPath): Extractor => ({
  property: last(path),
  find(task, place, found) {
    for (const text of task.texts(path)) {
      const name = whole(text, found);
      if (name !== undefined) found.add(tableNamed(name, place));
    }
  },
});

/** Tables of BigQuery: `project.dataset.table`, `dataset.table`, or `{projectId, datasetId, tableId}`; also a list. */
export const bigqueryTable = (path: string): Extractor => ({
  property: path,
  find(task, place, found) {
    const value = task.value(path);
    const count = Array.isArray(value) ? Math.min(value.length, 1000) : 0;
    const paths = count > 0 ? Array.from({ length: count }, (_, index) => `${path}.${index}`) : [path];
    for (const one of paths) {
      const text = task.text(one);
      if (text !== undefined) {
        const name = whole(text, found);
        if (name !== undefined) found.add(bigqueryNamed(name, place));
      } else {
        bigqueryParts([`${one}.projectId`, `${one}.datasetId`, `${one}.tableId`]).find(task, place, found);
        bigqueryParts([`${one}.project`, `${one}.dataset`, `${one}.table`]).find(task, place, found);
      }
    }
  },
});

/** A table of BigQuery by the properties of its project, dataset and name. */
export const bigqueryParts = ([project, dataset, name]: readonly [string, string, string]): Extractor => ({
  property: name,
  find(task, place, found) {
    const [inProject, inDataset, called] = [task.text(project), task.text(dataset), task.text(name)];
    if (called === undefined) return;
    const unknown = [inProject, inDataset, called].find((text) => text?.known === false);
    if (unknown) return found.unknown(unknown);
    found.add(
      tableAt(place, {
        name: withoutPartition(called.text.trim()),
        ...(inDataset && { schema: inDataset.text.trim() }),
        ...(inProject && { database: inProject.text.trim() }),
      }),
    );
  },
});

function bigqueryNamed(text: string, place: Place): Dataset | undefined {
  const [, project, dataset, name] =
    /^`?(?:((?:[\w-]+\.[\w-]+:)?[\w-]+)[.:])?(?:([\w-]+)\.)?([\p{L}\p{N}_$*-]+)`?$/u.exec(text.replaceAll('`', '')) ??
    [];
  if (name === undefined) return undefined;
  // With two parts, the first is the dataset.
  const [schema, database] = dataset === undefined ? [project, undefined] : [dataset, project];
  return tableAt(place, {
    name: withoutPartition(name),
    ...(schema !== undefined && { schema }),
    ...(database !== undefined && { database }),
  });
}

/** `events$20240101` is a part of `events`. */
const withoutPartition = (name: string): string => name.replace(/\$\w*$/, '');

/** Files by their urls. Whatever is no url of a storage is a file of Kestra's own, or of the worker. */
export const url = (path: PropertyPath): Extractor => ({
  property: last(path),
  find(task, _place, found) {
    for (const text of task.texts(path)) {
      const container = containerOfUrl(text, task.type);
      if (container !== undefined) found.add(container);
      else if (!text.known) found.unknown(text);
    }
  },
});

/** The same, where a text that is another task's output is no gap. */
export const sourceUrl = (path: PropertyPath): Extractor => ({
  property: last(path),
  find(task, place, found) {
    url(path).find(task, place, {
      add: (dataset) => found.add(dataset),
      unknown: (text) => !isReference(text) && found.unknown(text),
    });
  },
});

/** A file, a folder or a bucket, by the properties that name bucket and path. */
export const bucketAndKey = (
  platform: string,
  { bucket, keys }: { bucket: string; keys: readonly string[] },
): Extractor => ({
  property: bucket,
  find(task, _place, found) {
    const name = whole(task.text(bucket), found);
    if (name === undefined || !/^[\w.:/-]{1,260}$/.test(name)) return;
    found.add(bucketAt(platform, { bucket: name, path: pathOf(task, keys) }, task.type));
  },
});

/** The first of the properties that is there. */
function pathOf(task: TaskReader, keys: readonly string[]): string {
  const text = keys.map((key) => task.text(key)).find((found) => found !== undefined);
  return text === undefined ? '' : folderPath(text);
}

/** A file in a storage account of Azure, by its container and name. */
export const azureFile = ({ container, names }: { container: string; names: readonly string[] }): Extractor => ({
  property: container,
  find(task, place, found) {
    const bucket = whole(task.text(container), found);
    if (bucket === undefined || !/^[\w$-]{1,100}$/.test(bucket)) return;
    found.add({
      kind: 'container',
      platform: 'azure',
      connections: place.connections,
      bucket,
      path: pathOf(task, names),
    });
  },
});

/** A file on a server, by its path there. */
export const serverFile = (path: string): Extractor => ({
  property: path,
  find(task, place, found) {
    for (const text of task.texts(path)) {
      if (/^kestra:\/\//.test(text.text) || isReference(text)) continue;
      if (!text.known && !text.text.includes('/')) found.unknown(text);
      else
        found.add({
          kind: 'container',
          platform: place.platform,
          connections: place.connections,
          bucket: place.host ?? '',
          path: folderPath(text).replace(/^[a-z]{2,5}:\/\/[^/]*\//i, ''),
        });
    }
  },
});

/** Topics, queues and streams; of a path, an ARN or a url the last part. */
export const topic = (path: PropertyPath): Extractor => ({
  property: last(path),
  find(task, place, found) {
    for (const text of task.texts(path)) {
      const name = whole(text, found)?.replace(/\?.*$/s, '');
      if (name === undefined || name === '') continue;
      const isAddress = /^(?:arn:|https?:\/\/|projects\/)/.test(name);
      const short = isAddress ? (name.split(/[/:]/).at(-1) ?? name) : name;
      found.add({ kind: 'topic', platform: place.platform, connections: place.connections, name: short });
    }
  },
});

/** Collections of a document database. */
export const collection = ({ database, name }: { database: string; name: string }): Extractor => ({
  property: name,
  find(task, place, found) {
    const [schema, called] = [whole(task.text(database), found), whole(task.text(name), found)];
    if (called !== undefined)
      found.add({
        kind: 'table',
        platform: place.platform,
        connections: place.connections,
        ...(schema !== undefined && { schema }),
        name: called,
      });
  },
});

/** Search indexes; of a pattern nobody knows which they are. */
export const searchIndex = (path: string): Extractor => ({
  property: path,
  find(task, place, found) {
    for (const text of task.texts(path)) {
      const names = whole(text, found)?.split(',') ?? [];
      for (const name of names.map((one) => one.trim()))
        if (/^[^*\s"\\<>|?/]{1,255}$/.test(name))
          found.add({ kind: 'searchIndex', platform: place.platform, connections: place.connections, name });
    }
  },
});

/** The indexes that an ES|QL query begins with: `FROM orders, customers | …`. */
export const esqlSources = (path: string): Extractor => ({
  property: path,
  find(task, place, found) {
    const text = task.text(path);
    const names = /^\s*FROM\s+([^|]{1,2000})/i.exec(text?.text ?? '')?.[1]?.replace(/\s+METADATA\s.*$/is, '');
    for (const name of names?.split(',').map((one) => one.trim().replaceAll('"', '')) ?? [])
      if (/^[^*\s"\\<>|?/]{1,255}$/.test(name))
        found.add({ kind: 'searchIndex', platform: place.platform, connections: place.connections, name });
  },
});

/** Tables that Debezium captures: `schema.table`, as a list or separated by commas; dots may be escaped. */
export const captured = (path: string): Extractor => ({
  property: path,
  find(task, place, found) {
    for (const text of task.texts(path)) {
      const names = whole(text, found)?.split(',') ?? [];
      for (const one of names) {
        const name = one.trim().replaceAll('\\.', '.');
        // They are patterns; what is no plain name stands for nobody knows which tables.
        if (/^[\p{L}\p{N}_$#-]+(?:\.[\p{L}\p{N}_$#-]+){0,2}$/u.test(name)) found.add(capturedTable(name, place));
      }
    }
  },
});

function capturedTable(text: string, place: Place): Dataset {
  const [name = '', schema, database] = text.split('.').reverse();
  return tableAt(place, { name, ...(schema !== undefined && { schema }), ...(database !== undefined && { database }) });
}
