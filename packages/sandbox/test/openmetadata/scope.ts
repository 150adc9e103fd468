import type { Exchange } from '@flowmeta/recordings';
import { groupNameOf } from './recorded-order.js';

/** Paths whose answers must agree. */
const paths = [
  /^\/api\/v1\/pipelines(\/|$)/,
  /^\/api\/v1\/services\/(pipeline|database|messaging|storage|dashboard|search)Services(\/|$)/,
  /^\/api\/v1\/services\/ingestionPipelines(\/[^/]+\/pipelineStatus.*|\/name\/[^/]+)?$/,
  /^\/api\/v1\/lineage(\/|$)/,
  /^\/api\/v1\/(classifications|tags|users|teams|domains)(\/name\/[^/]+)?$/,
  /^\/api\/v1\/users\/loggedInUser$/,
  /^\/api\/v1\/(tables|topics|containers|dashboards|databases|databaseSchemas|searchIndexes)(\/|$)/,
  /^\/api\/v1\/system\/(version|health)$/,
  /^\/api\/(v1\/)?nopes$/,
  /^\/api\/v1\/?$/,
  /^\/api\/\/v1\/pipelines$/,
];

/** Successful exchanges on those paths that are out of scope, with the reason. */
const excluded: [RegExp, string][] = [
  [/\/versions$/, 'the history of versions is not kept'],
  [/\/lineage\/getLineage$/, 'lineage as the search engine has it'],
];

/** Recordings whose bytes on the wire are not kept (or whose lists were cut), so that sending their body would be another request. */
const otherBytes = /deflate|without Content-Encoding|gzip but plain/;

/** Whether the recording can be sent again. */
export const isSendable = ({ note = '', request }: Exchange): boolean =>
  !otherBytes.test(note) && !/<\d+ items trimmed>/.test(JSON.stringify(request.body ?? ''));

/** Whether an exchange is replayed and compared. Outages and restarts of the database can't be replayed without faults. */
export function isInScope(exchange: Exchange): boolean {
  const { file, note = '', request, response } = exchange;
  if (/^8[01]-/.test(file) || groupNameOf(exchange) === '60-system-admin') return false;
  if (!isSendable(exchange)) return false;
  // Sixteen at once: who comes first is chance. Replayed one after the other for what they leave behind.
  if (/concurrent/.test(note)) return false;
  if (/64-http-001/.test(file)) return false;
  if (response.status === 200 && excluded.some(([pattern]) => pattern.test(request.path))) return false;
  return paths.some((pattern) => pattern.test(request.path));
}
