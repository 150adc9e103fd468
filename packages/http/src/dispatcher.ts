import { Agent, type buildConnector, type Dispatcher } from 'undici';
import { createProxyDispatcher } from './proxy.js';
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

/** Whether requests of these options go, or may go, through a proxy. */
export const mayUseProxy = ({ proxy }: HttpClientOptions): boolean =>
  (proxy?.httpProxy ?? '') !== '' || (proxy?.httpsProxy ?? '') !== '';

/** Our own connections: kept alive, as many as requests may be under way, through a proxy where one is named. */
export function createDispatcher(options: HttpClientOptions, connections: number): Dispatcher {
  // The time-out of a try is ours and covers everything; only connecting has one of its own, to tell "nobody there" apart.
  const shared = { connections, headersTimeout: 0, bodyTimeout: 0, connect: connectOptions(options.tls) };
  return mayUseProxy(options) ? createProxyDispatcher(options, shared) : new Agent(shared);
}
