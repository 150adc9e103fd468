import type { ConnectorDefinition } from '@flowmeta/connector';
import { createRegistry, type Registry, type RegistryOptions } from '@flowmeta/registry';
import { version } from '../version.js';

/** The connectors that come with the command, by `source.type`. A new one is one line. */
export const builtInConnectors: Record<string, () => Promise<ConnectorDefinition>> = {
  airflow: async () => (await import('@flowmeta/connector-airflow')).airflowConnector as ConnectorDefinition,
  kestra: async () => (await import('@flowmeta/connector-kestra')).kestraConnector as ConnectorDefinition,
};

/** These, and those of packages. */
export function connectorRegistry(options: Pick<RegistryOptions, 'directory' | 'paths' | 'packages'>): Registry {
  return createRegistry({ builtIn: builtInConnectors, version: version(), ...options });
}
