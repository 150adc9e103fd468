import type { ConnectorDefinition } from '@flowmeta/connector';

/** The connectors that come with the command, by `source.type`. A new one is one line. */
export const connectors: Record<string, () => Promise<ConnectorDefinition>> = {
  kestra: async () => (await import('@flowmeta/connector-kestra')).kestraConnector as ConnectorDefinition,
};
