import { type buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import type { HttpClientOptions } from './types.js';

/** A connection to the proxy itself failed, as opposed to one through it. */
export class ProxyFailure extends Error {
  /** Address without user info. */
  readonly proxy: string;

  constructor(proxy: string, cause: Error) {
    super(`the proxy ${proxy} could not be reached`, { cause });
    this.proxy = proxy;
  }
}

/**
 * The address of a proxy; one without a scheme is taken as http, as curl does. Nothing for an empty one.
 *
 * @throws TypeError for what is no address, without repeating it.
 */
export function proxyAddress(proxy: string | undefined): URL | undefined {
  if (proxy === undefined || proxy === '') return undefined;
  const address = proxy.includes('://') ? proxy : `http://${proxy}`;
  if (!URL.canParse(address)) throw new TypeError('the proxy is no url, e.g. http://proxy.example.com:3128');
  return new URL(address);
}

/** Origin for errors; that of a scheme which the platform doesn't know would be "null". */
const shownAddress = (proxy: URL): string => `${proxy.protocol}//${proxy.host}`;

/** Makes a connector say which proxy it could not reach. */
function naming(connect: buildConnector.connector, proxy: URL): buildConnector.connector {
  return (options, callback) =>
    connect(options, (error, socket) => {
      if (error === null) callback(null, socket);
      else callback(new ProxyFailure(shownAddress(proxy), error), null);
    });
}

/** Connections through the proxies that are named, direct ones to the hosts of `noProxy`. Reads no environment. */
export function createProxyDispatcher(
  options: HttpClientOptions,
  shared: Omit<Pool.Options, 'connect'> & { connect: buildConnector.BuildOptions },
): Dispatcher {
  const httpProxy = proxyAddress(options.proxy?.httpProxy);
  const httpsProxy = proxyAddress(options.proxy?.httpsProxy);
  const { timeout } = shared.connect;
  const ca = options.tls?.ca;
  return new EnvHttpProxyAgent({
    ...shared,
    // Empty strings, not undefined: undici reads the environment for what is left out.
    httpProxy: httpProxy?.href ?? '',
    httpsProxy: httpsProxy?.href ?? '',
    noProxy: options.proxy?.noProxy ?? '',
    requestTls: shared.connect,
    // What was said about the server's certificate holds for the proxy's only where it adds trust that both need.
    proxyTls: { ...(timeout == null ? {} : { timeout }), ...(ca === undefined ? {} : { ca }) },
    // http goes through as proxies expect it (absolute urls), https by CONNECT.
    proxyTunnel: false,
    // For CONNECT.
    clientFactory: (proxy, given) => {
      const { connect } = given as { connect: buildConnector.connector };
      // A proxy that never answers CONNECT would otherwise keep its connections for minutes.
      return new Pool(proxy, { connect: naming(connect, proxy), headersTimeout: timeout ?? 0 });
    },
    // For everything else: direct connections, tunnels, and the proxy itself, which is asked for by its whole address.
    factory: (origin, given) => {
      const { connect, ...rest } = given as Pool.Options & { connect: buildConnector.connector };
      const proxy = [httpProxy, httpsProxy].find((each) => each?.href === String(origin));
      if (proxy === undefined) return new Pool(origin, { connect, ...rest });
      return new Pool(origin, { ...shared, ...rest, connect: naming(connect, proxy) });
    },
  });
}
