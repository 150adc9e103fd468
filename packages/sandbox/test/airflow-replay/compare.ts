import { isDeepStrictEqual } from 'node:util';
import type { Exchange } from '@flowmeta/recordings';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What is replayed: the paths that a connector reads, below `/api/v1/` or `/api/v2/` (`{}` for one segment). Out of scope are writes,
 * rights of other users, logs, XComs, connections, variables, the server's configuration, jobs and backfills.
 */
const paths = [
  'version',
  'health',
  'monitor/health',
  'dags',
  'dags/{}',
  'dags/{}/details',
  'dags/{}/tasks',
  'dags/{}/tasks/{}',
  'dags/{}/dagVersions',
  'dags/{}/dagVersions/{}',
  'dagSources/{}',
  'dags/{}/dagRuns',
  'dags/{}/dagRuns/list',
  'dags/{}/dagRuns/{}',
  'dags/{}/dagRuns/{}/upstreamAssetEvents',
  'dags/{}/dagRuns/{}/upstreamDatasetEvents',
  'dags/{}/dagRuns/{}/taskInstances',
  'dags/{}/dagRuns/{}/taskInstances/list',
  'dags/{}/dagRuns/{}/taskInstances/{}',
  'dags/{}/dagRuns/{}/taskInstances/{}/{}',
  'dags/{}/dagRuns/{}/taskInstances/{}/tries',
  'dags/{}/dagRuns/{}/taskInstances/{}/{}/tries',
  'dags/{}/dagRuns/{}/taskInstances/{}/listMapped',
  'assets',
  'assets/{}',
  'assets/events',
  'assets/aliases',
  'datasets',
  'datasets/{}',
  'datasets/events',
  'importErrors',
  'importErrors/{}',
  'dagWarnings',
  'eventLogs',
  'dagStats',
  'pools',
  'providers',
  'plugins',
  'nosuch',
];

const notOffered = /\/taskInstances\/[^/]+\/(logs|links|dependencies|xcomEntries)$/;
const patterns = paths.map((path) => new RegExp(`^/api/v[12]/${path.replaceAll('{}', '[^/]+')}$`));

export function inScope({ as, request }: Exchange): boolean {
  if (as === 'viewer' || as === 'stranger') return false;
  if (request.path.startsWith('/auth/token')) return request.method === 'POST';
  if (request.method !== 'GET' && !request.path.endsWith('/list') && request.path !== '/api/v2/version') return false;
  if (request.path.startsWith('/ui/')) return true;
  return patterns.some((pattern) => pattern.test(request.path)) && !notOffered.test(request.path);
}

/** Its reasons without their wording, which names SQL, Python, urls and lines of a log. */
function reasonOf(body: unknown): unknown {
  if (!isObject(body)) return typeof body;
  if (isObject(body.detail)) return body.detail.reason;
  if (Array.isArray(body.detail)) return body.detail.map((each) => [(each as Json).type, (each as Json).loc]);
  if ('title' in body) return [body.title, body.status];
  return body.error ?? (typeof body.detail === 'string' ? body.detail.split('\n')[0] : body.detail);
}

/** Without what no two answers have in common, and lists of references in one order. */
function comparable(value: unknown, key = ''): unknown {
  if (key === 'last_parsed') return null;
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item));
    return /^(scheduled_dags|consuming_tasks|producing_tasks|consuming_dags|tags|edges|nodes)$/.test(key)
      ? items.map((item) => JSON.stringify(item)).sort()
      : items;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, comparable(item, name)]));
}

const pageOf = (body: unknown): [string, Json[]] | undefined => {
  if (!isObject(body) || typeof body.total_entries !== 'number') return undefined;
  const found = Object.entries(body).find(([, value]) => Array.isArray(value));
  return found && [found[0], found[1] as Json[]];
};

/** Airflow 2 lists task instances in no order at all. */
const unordered = (path: string): boolean => path.startsWith('/api/v1/') && /\/taskInstances(\/list)?$/.test(path);

function differingKeys(ours: unknown, theirs: unknown): string[] {
  if (!isObject(ours) || !isObject(theirs)) return [];
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...names].filter((name) => !isDeepStrictEqual(ours[name], theirs[name]));
}

/** Why the stand-in's answer is not the recorded one; nothing where they agree. */
export function difference({ request, response }: Exchange, status: number, text: string): string | undefined {
  if (status !== response.status) return `status ${status}, not ${response.status}`;
  if (response.body === undefined) return undefined;
  if (!/^[[{]/.test(text)) return 'no JSON';
  const answer = comparable(JSON.parse(text));
  const recorded = comparable(response.body);
  if (status >= 400) {
    const [ours, theirs] = [reasonOf(answer), reasonOf(recorded)];
    return isDeepStrictEqual(ours, theirs) ? undefined : `${JSON.stringify(ours)}, not ${JSON.stringify(theirs)}`;
  }
  if (request.path.startsWith('/auth/token'))
    return isObject(answer) && typeof answer.access_token === 'string' ? undefined : 'no token';
  const [ours, theirs] = [pageOf(answer), pageOf(recorded)];
  if (ours && theirs) {
    const totals = [answer, recorded].map((body) => (body as Json).total_entries);
    if (totals[0] !== totals[1]) return `total ${totals[0]}, not ${totals[1]}`;
    if (ours[0] !== theirs[0]) return `rows in ${ours[0]}, not ${theirs[0]}`;
    if (ours[1].length !== theirs[1].length) return `${ours[1].length} rows, not ${theirs[1].length}`;
    if (unordered(request.path) && ours[1].length < Number(totals[0])) return undefined;
    const texts = ([, rows]: [string, Json[]]): string[] =>
      rows.map((row) => JSON.stringify(Object.entries(row).sort()));
    const [left, right] = [texts(ours), texts(theirs)];
    if (isDeepStrictEqual(left, right)) return undefined;
    const same = isDeepStrictEqual([...left].sort(), [...right].sort());
    if (same) return unordered(request.path) ? undefined : 'another order';
    return 'other rows';
  }
  if (isDeepStrictEqual(answer, recorded)) return undefined;
  return `other ${differingKeys(answer, recorded).join(', ') || 'body'}`;
}
