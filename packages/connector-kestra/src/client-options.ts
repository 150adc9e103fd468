import type { ConnectorContext } from '@flowmeta/connector';
import { transportOptions } from '@flowmeta/connector/reading';
import type { KestraAuth, KestraClientOptions } from '@flowmeta/kestra-client';
import type { KestraConfig } from './config.js';

/** What the config and the host mean for the client. */
export function clientOptions(config: KestraConfig, context: ConnectorContext): KestraClientOptions {
  return {
    url: config.hostPort,
    ...(config.tenantId !== undefined && { tenant: config.tenantId }),
    auth: authOf(config),
    ...transportOptions(config, context),
  };
}

/** How to sign in: a token, a user name with its password, or not at all. */
export function authOf({ username, password, token }: KestraConfig): KestraAuth {
  if (token !== undefined) return { kind: 'bearer', token };
  if (username !== undefined && password !== undefined) return { kind: 'basic', username, password };
  return { kind: 'none' };
}
