import type { ConnectorContext } from '@flowmeta/connector';
import type { KestraAuth, KestraClientOptions } from '@flowmeta/kestra-client';
import type { KestraConfig } from './config.js';

/** What the config and the host mean for the client. */
export function clientOptions(config: KestraConfig, context: ConnectorContext): KestraClientOptions {
  const { caCertificate, sslCertificate, sslKey } = config.sslConfig ?? {};
  return {
    url: config.hostPort,
    ...(config.tenantId !== undefined && { tenant: config.tenantId }),
    auth: authOf(config),
    tls: {
      verify: config.verifySSL !== 'ignore',
      ...(caCertificate !== undefined && { ca: caCertificate }),
      ...(sslCertificate !== undefined && { cert: sslCertificate }),
      ...(sslKey !== undefined && { key: sslKey }),
    },
    timeoutMs: config.requestTimeout * 1000,
    concurrency: config.concurrency,
    ...(config.requestsPerSecond !== undefined && { requestsPerSecond: config.requestsPerSecond }),
    ...(context.proxyEnvironment && { proxy: context.proxyEnvironment }),
    ...(context.userAgent !== undefined && { userAgent: context.userAgent }),
    ...(context.onRequest && { onAttempt: context.onRequest }),
    ...(context.onAvailability && { onAvailability: context.onAvailability }),
  };
}

/** How to sign in: a token, a user name with its password, or not at all. */
export function authOf({ username, password, token }: KestraConfig): KestraAuth {
  if (token !== undefined) return { kind: 'bearer', token };
  if (username !== undefined && password !== undefined) return { kind: 'basic', username, password };
  return { kind: 'none' };
}
