import { type Connector, type ConnectorContext, hintOf } from '@flowmeta/connector';
import type { LoadedConfig } from '../config/load-config.js';
import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { version } from '../version.js';
import { saidAvailability } from './availability.js';

export interface OpenSourceOptions {
  host: Host;
  terminal: Terminal;
  onRequest?: NonNullable<ConnectorContext['onRequest']>;
}

/** Opens the connector of the config; no request is sent yet. Rejects with a `UsageError` where the connector refuses its options. */
export async function openSource(config: LoadedConfig, options: OpenSourceOptions): Promise<Connector> {
  try {
    return await config.open(contextOf(config, options));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${config.file}: ${error instanceof Error ? error.message : error}`, hintOf(error));
  }
}

function contextOf(config: LoadedConfig, { host, terminal, onRequest }: OpenSourceOptions): ConnectorContext {
  const { source } = config.workflow;
  const selected = source.sourceConfig?.config;
  const { includes, excludes } = selected?.pipelineFilterPattern ?? {};
  return {
    now: host.now,
    serviceName: source.serviceName,
    proxyEnvironment: proxyOf(host.environment),
    userAgent: userAgent(),
    debug: (message) => terminal.log('DEBUG', message),
    onAvailability: saidAvailability(config.connector.title, terminal),
    selection: {
      includeUnDeployedPipelines: selected?.includeUnDeployedPipelines ?? true,
      ...(includes || excludes
        ? { pipelineFilterPattern: { includes: includes ?? undefined, excludes: excludes ?? undefined } }
        : {}),
    },
    ...(onRequest ? { onRequest } : {}),
  };
}

/** How the source is named for people, e.g. `Kestra at https://kestra.example.com`. */
export function describeSource({ connector, connectorConfig }: LoadedConfig): string {
  const { hostPort } = connectorConfig as { hostPort?: unknown };
  return typeof hostPort === 'string' ? `${connector.title} at ${hostPort}` : connector.title;
}

export function userAgent(): string {
  return `flowmeta/${version()}`;
}

function isEncoded({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/** What the process says about proxies; the names in lower case are the older ones and win, as in curl. */
export function proxyOf(environment: Host['environment']) {
  const read = (name: string) => environment[name.toLowerCase()] || environment[name];
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) {
    const proxy = read(name);
    if (proxy && !(/^https?:\/\//i.test(proxy) && URL.canParse(proxy)))
      throw new UsageError(`the environment variable ${name} is no url`, 'Write it as http://proxy.example.com:3128.');
    if (proxy && !isEncoded(new URL(proxy)))
      throw new UsageError(`the environment variable ${name} has a "%" that encodes nothing`, 'Write it as %25.');
  }
  const httpProxy = read('HTTP_PROXY');
  const httpsProxy = read('HTTPS_PROXY');
  const noProxy = read('NO_PROXY');
  return {
    ...(httpProxy ? { httpProxy } : {}),
    ...(httpsProxy ? { httpsProxy } : {}),
    ...(noProxy ? { noProxy } : {}),
  };
}
