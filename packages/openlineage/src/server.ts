/** Host and port of a server. */
export interface Server {
  host: string;
  port?: string;
}

/** The namespaces that have nothing better say `unknown` where the server belongs. */
const unknown = 'unknown';

const hostAndPort = /^([a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i;

/** The first server that one of the connections names; `undefined` when none names one, or only by a template. */
export function serverOf(connections: readonly string[]): Server | undefined {
  for (const connection of connections) {
    const [, host, port] = hostAndPort.exec(authorityOf(connection)) ?? [];
    if (host !== undefined) return { host: host.toLowerCase(), ...(port !== undefined && { port }) };
  }
  return undefined;
}

/** What stands where a url has its host and port, the first of several; empty when there is none. */
function authorityOf(connection: string): string {
  const start = connection.indexOf('//');
  if (start >= 0) return firstServer(/^[^/?#;]*/.exec(connection.slice(start + 2))![0]);
  // jdbc:oracle:thin:@host:1521:sid
  const oracle = /^jdbc:oracle:[a-z]+:[^@]*@([^:/?]+:\d+)/i.exec(connection);
  if (oracle !== null) return oracle[1]!;
  // A word without a port may be anything, a type of a task for one.
  const first = firstServer(connection.trim());
  return /:\d{1,5}$/.test(first) ? first : '';
}

const firstServer = (authority: string): string => authority.split(',')[0]!.split('@').at(-1)!;

const typeName = /^[a-z]\w*(\.\w+){2,}$/i;

/**
 * Stands for a server that cannot be told: `unknown`, and what the source calls it, so that tables behind two secrets are not taken
 * for one: `unknown/secret-PG_URL`.
 */
export function unknownServer(connections: readonly string[]): string {
  const [named] = connections;
  if (named === undefined || typeName.test(named)) return unknown;
  const words = named.match(/[\w.]+/g) ?? [];
  return words.length === 0 ? unknown : `${unknown}/${words.join('-')}`;
}
