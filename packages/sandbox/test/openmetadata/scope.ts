import type { Exchange } from '@flowmeta/recordings';
import { groupNameOf } from './recorded-order.js';

/** Paths whose answers must agree. */
const paths = [
  /^\/api\/v1\/pipelines(\/|$)/,
  /^\/api\/v1\/services\/pipelineServices(\/|$)/,
  /^\/api\/v1\/services\/ingestionPipelines(\/[^/]+\/pipelineStatus.*|\/name\/[^/]+)?$/,
  /^\/api\/v1\/lineage(\/|$)/,
  /^\/api\/v1\/(classifications|tags|users|teams|domains)(\/name\/[^/]+)?$/,
  /^\/api\/v1\/users\/loggedInUser$/,
  /^\/api\/v1\/(tables|topics|containers|dashboards|databases|databaseSchemas)$/,
  /^\/api\/v1\/system\/(version|health)$/,
  /^\/api\/(v1\/)?nopes$/,
  /^\/api\/v1\/?$/,
  /^\/api\/\/v1\/pipelines$/,
];

/** Exchanges on those paths that are out of scope, with the reason. */
const excluded: [RegExp, string][] = [
  [/\/versions$/, 'the history of versions is not kept'],
  [/\/lineage\/getLineage$/, 'lineage as the search engine has it'],
  [/\/lineage\/pipeline\/name\/none/, 'no such recording'],
];

/** Notes of recordings that need two requests at once, or bytes that the recordings do not hold. */
const unreplayable = /concurrent|deflate|without Content-Encoding|gzip but plain/;

/** Whether an exchange is replayed and compared. Outages and restarts of the database can't be replayed without faults. */
export function isInScope(exchange: Exchange): boolean {
  const { file, note = '', request } = exchange;
  if (/^8[01]-/.test(file) || groupNameOf(exchange) === '60-system-admin') return false;
  if (unreplayable.test(note) || /fill-conc/.test(file)) return false;
  if (excluded.some(([pattern]) => pattern.test(request.path))) return false;
  return paths.some((pattern) => pattern.test(request.path));
}
