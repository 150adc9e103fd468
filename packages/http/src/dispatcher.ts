import { Agent, type buildConnector, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import type { HttpClientOptions, TlsOptions } from './types.js';

const connectTimeoutMs = 10_000;

function connectOptions(tls: TlsOptions | undefined): buildConnector.BuildOptions {
  return {
    timeout: connectTimeoutMs,
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
    ...(tls?.verify === undefined ? {} : { rejectUnauthorized: tls.verify }),
  };
}

/** Our own connections: kept alive, as many as requests may be under way, through a proxy where one is named. */
export function createDispatcher(options: HttpClientOptions, connections: number): Dispatcher {
  const connect = connectOptions(options.tls);
  // The time-out of a try is ours and covers everything; only connecting has one of its own, to tell "nobody there" apart.
  const shared = { connections, headersTimeout: 0, bodyTimeout: 0, connect };
  const { httpProxy = '', httpsProxy = '', noProxy = '' } = options.proxy ?? {};
  if (httpProxy === '' && httpsProxy === '') return new Agent(shared);
  return new EnvHttpProxyAgent({
    ...shared,
    // Empty strings, not undefined: undici reads the environment for what is left out.
    httpProxy,
    httpsProxy,
    noProxy,
    requestTls: connect,
    // http goes through as proxies expect it (absolute urls), https by CONNECT.
    proxyTunnel: false,
  });
}
