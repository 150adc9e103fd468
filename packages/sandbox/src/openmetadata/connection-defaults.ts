import type { Catalog } from './catalog.js';
import type { Json } from './entities.js';

/** What the server adds to the connections that were recorded, by their type and the version since when. Others stay as they are. */
const defaults: Record<string, { since: '1.2' | '1.6'; config: Json }[]> = {
  Postgres: [
    {
      since: '1.2',
      config: {
        scheme: 'postgresql+psycopg2',
        ingestAllDatabases: false,
        sslMode: 'disable',
        classificationName: 'PostgresPolicyTags',
        supportsMetadataExtraction: true,
        supportsUsageExtraction: true,
        supportsLineageExtraction: true,
        supportsDBTExtraction: true,
        supportsProfiler: true,
        supportsDatabase: true,
        supportsQueryComment: true,
      },
    },
    { since: '1.6', config: { supportsDataDiff: true } },
  ],
  Kafka: [
    { since: '1.2', config: { saslMechanism: 'PLAIN', supportsMetadataExtraction: true } },
    { since: '1.6', config: { securityProtocol: 'PLAINTEXT', schemaRegistryTopicSuffixName: '-value' } },
  ],
  S3: [{ since: '1.2', config: { supportsMetadataExtraction: true } }],
};

const awsDefaults: Json = { assumeRoleSessionName: 'OpenMetadataSession' };

/** The own properties of a service with what the server adds to its connection (recorded). */
export function withConnectionDefaults(catalog: Catalog, own: Json): Json {
  const { config } = (own.connection ?? {}) as { config?: Json };
  const known = config && defaults[String(config.type)];
  if (!known) return own;
  const added = known.filter(({ since }) => since === '1.2' || catalog.rules.has('connectionsOf16'));
  const filled: Json = Object.assign({}, ...added.map((each) => each.config), config);
  if (config.awsConfig !== undefined) filled.awsConfig = { ...awsDefaults, ...(config.awsConfig as Json) };
  return { ...own, connection: { ...(own.connection as Json), config: filled } };
}
