import { type Exchange, groupOf } from '@flowmeta/recordings';

/** The stand-in that a recorded exchange is replayed against. */
export type Server = 'open' | 'with-auth' | 'context-path' | 'without-plugins' | 'not-set-up';

/**
 * What is replayed: requests to these paths (below `/api/v1/` and the tenant, `{}` for one segment; the others from the root).
 * Out of scope is what the stand-in does not offer: an execution's graph, definition, logs and metrics, plugin details, searches in
 * sources, distinct values, writes, the management port, dashboards and daily statistics.
 */
const paths = [
  'configs',
  'plugins',
  'flows/search',
  'flows/distinct-namespaces',
  'flows/export/by-query',
  'flows/export/by-ids',
  'flows/{}',
  'flows/{}/{}',
  'flows/{}/{}/graph',
  'flows/{}/{}/dependencies',
  'flows/{}/{}/revisions',
  'executions',
  'executions/search',
  'executions/latest',
  'executions/namespaces',
  'executions/namespaces/{}/flows',
  'executions/{}',
  'stats/executions/latest/group-by-flow',
  'namespaces/search',
  'namespaces/{}',
  'namespaces/{}/dependencies',
  'triggers/search',
  'triggers/{}/{}',
  'outputs/{}',
  'dependencies',
  'taskruns/search',
  'nosuch',
  '/',
  '/ping',
  '/health',
  '/version',
  '/nosuch',
  '/ui/',
] as const;

/** Groups of recordings that no dataset can be compared with, and why. */
const otherServers: Readonly<Record<string, string>> = {
  'fill-old': 'a server whose executions were moved to 1–40 days ago, which no dataset holds',
  'fill-old-list': 'as fill-old',
  'fill-old-execution': 'as fill-old',
  'fill-old-latest': 'as fill-old',
  'fill-nocred-setup': 'sets up the credentials, which the stand-in is started with',
  'fill-nocred-after': 'as fill-nocred-setup',
  'fill-nocred-after-noauth': 'as fill-nocred-setup',
  'fill-nocred-after-auth': 'as fill-nocred-setup',
  'fill-nocred-after-badauth': 'as fill-nocred-setup',
  mgmt: 'the management port',
  err: 'writes flows and reads them back',
  open: 'starts an execution by webhook',
};

const notOffered = /\/(flows\/source|executions\/distinct-field-values)$/;

const patterns = paths.map((path) => {
  const inner = path.replace(/[.]/g, '\\.').replaceAll('{}', '[^/]+');
  return new RegExp(
    path.startsWith('/')
      ? `^(?:/kestra)?${inner}$`
      : `^(?:/[A-Za-z]*)?/api/v1/(?:(?:main|default|nosuchtenant)/)?${inner}$`,
  );
});

/** The stand-in that an exchange is replayed against, or nothing where it is out of scope. */
export function serverOf(exchange: Exchange): Server | undefined {
  const group = groupOf(exchange);
  const { path, method } = exchange.request;
  if (otherServers[group] || (method !== 'GET' && method !== 'POST')) return undefined;
  if (notOffered.test(path) || !patterns.some((pattern) => pattern.test(path))) return undefined;
  if (group.startsWith('fill-nocred')) return 'not-set-up';
  if (group.startsWith('fill-np') || group === 'noplugin') return 'without-plugins';
  if (group.startsWith('fill-ctx')) return 'context-path';
  return ['noauth', 'badauth', 'bearer', 'okauth', 'garbage', 'wronguser', 'caseuser'].includes(group)
    ? 'with-auth'
    : 'open';
}
