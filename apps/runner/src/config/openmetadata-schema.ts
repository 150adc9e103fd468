import { z } from 'zod';

/** Meta key of an option that OpenMetadata has and that changes nothing here; its value says why. */
export const withoutEffect = 'withoutEffect';

/** An option of OpenMetadata's own schema that is accepted and changes nothing here. */
export function ignored<Schema extends z.ZodType>(schema: Schema, description: string, why: string) {
  return schema
    .nullish()
    .describe(description)
    .meta({ [withoutEffect]: why });
}

const notUsed = 'this command does not use it';
const indexing = 'it belongs to the search index job of OpenMetadata';

const filterPatternSchema = z
  .strictObject({
    includes: z.array(z.string()).nullish().describe('Only names that match one of these; regular expressions.'),
    excludes: z.array(z.string()).nullish().describe('No names that match one of these, whatever `includes` says.'),
  })
  .describe('Regular expressions, matched from the start of the name and without regard to case.');

const componentSchema = z.looseObject({ type: z.string() });

const sslConfigSchema = z.strictObject({
  caCertificate: z.string().nullish().describe('Authority that signed the certificate: PEM text, or path to a file.'),
  sslCertificate: z.string().nullish().describe('Client certificate: PEM text, or path to a file.'),
  sslKey: z
    .string()
    .nullish()
    .describe('Key of the client certificate: PEM text, or path to a file.')
    .meta({ secret: true }),
  certificatePath: z.string().nullish().describe('What `caCertificate` was called before OpenMetadata 1.5.'),
});

/** `workflowConfig.openMetadataServerConfig`: every key that OpenMetadata 1.2 … 2.0 knows, and ours for politeness. */
export const serverConfigSchema = z.strictObject({
  hostPort: z
    .url({
      protocol: /^https?$/,
      error: 'expected the address of OpenMetadata, e.g. https://openmetadata.example.com/api',
    })
    .describe('Address of the API, e.g. `https://openmetadata.example.com/api`.'),
  type: z.literal('OpenMetadata').nullish().describe('Always `OpenMetadata`.'),
  authProvider: z
    .enum([
      'no-auth',
      'basic',
      'azure',
      'google',
      'okta',
      'auth0',
      'aws-cognito',
      'custom-oidc',
      'ldap',
      'saml',
      'openmetadata',
    ])
    .nullish()
    .describe("How OpenMetadata's users sign in. A bot's token works with all of them, so nothing depends on it."),
  securityConfig: z
    .strictObject({
      jwtToken: z
        .string()
        .min(1)
        .describe("The ingestion bot's token, or the path to a file that holds it.")
        .meta({ secret: true }),
    })
    .nullish()
    .describe('How this command signs in.'),
  verifySSL: z
    .enum(['no-ssl', 'ignore', 'validate'])
    .nullish()
    .describe(
      '`ignore` accepts any certificate; `no-ssl`, the default, and `validate` both check that of an https server.',
    ),
  sslConfig: sslConfigSchema.nullish().describe('Certificates of the connection to OpenMetadata.'),
  extraHeaders: z
    .record(z.string(), z.string())
    .nullish()
    .describe('Sent with each request, e.g. for a proxy.')
    .meta({ secret: true }),
  concurrency: z
    .int()
    .min(1)
    .max(64)
    .nullish()
    .describe('Requests to OpenMetadata under way at a time; default 8. No key of OpenMetadata itself.'),
  requestsPerSecond: z
    .number()
    .positive()
    .nullish()
    .describe(
      'Requests to OpenMetadata that may begin per second; absent means no limit. No key of OpenMetadata itself.',
    ),
  apiVersion: ignored(z.string(), 'Version of the API.', 'it is always v1'),
  clusterName: ignored(z.string(), 'Name of the server.', notUsed),
  enableVersionValidation: ignored(
    z.boolean(),
    'Compares the versions of client and server.',
    'all versions from 1.2 on are understood',
  ),
  forceEntityOverwriting: ignored(
    z.boolean(),
    'Overwrites entities.',
    'write sourceConfig.config.overrideMetadata instead',
  ),
  storeServiceConnection: ignored(
    z.boolean(),
    'Stores how to connect to the source.',
    'credentials of the source are never sent to OpenMetadata',
  ),
  secretsManagerProvider: ignored(z.string(), 'Where secrets are kept.', 'take secrets from environment variables'),
  secretsManagerLoader: ignored(
    z.string(),
    'How the secrets manager is reached.',
    'take secrets from environment variables',
  ),
  supportsDataInsightExtraction: ignored(z.boolean(), 'For data insights.', notUsed),
  supportsElasticSearchReindexingExtraction: ignored(z.boolean(), 'For the search index.', indexing),
  databaseFilterPattern: ignored(filterPatternSchema, 'For databases.', notUsed),
  schemaFilterPattern: ignored(filterPatternSchema, 'For schemas.', notUsed),
  tableFilterPattern: ignored(filterPatternSchema, 'For tables.', notUsed),
  elasticsSearch: ignored(componentSchema, 'For the search index.', indexing),
  limitRecords: ignored(z.union([z.int(), z.string()]), 'For the search index.', indexing),
  includeDashboards: ignored(z.boolean(), 'For the search index.', indexing),
  includeDatabaseServices: ignored(z.boolean(), 'For the search index.', indexing),
  includeGlossaryTerms: ignored(z.boolean(), 'For the search index.', indexing),
  includeMessagingServices: ignored(z.boolean(), 'For the search index.', indexing),
  includeMlModels: ignored(z.boolean(), 'For the search index.', indexing),
  includePipelineServices: ignored(z.boolean(), 'For the search index.', indexing),
  includePipelines: ignored(z.boolean(), 'For the search index.', indexing),
  includePolicy: ignored(z.boolean(), 'For the search index.', indexing),
  includeTables: ignored(z.boolean(), 'For the search index.', indexing),
  includeTags: ignored(z.boolean(), 'For the search index.', indexing),
  includeTeams: ignored(z.boolean(), 'For the search index.', indexing),
  includeTopics: ignored(z.boolean(), 'For the search index.', indexing),
  includeUsers: ignored(z.boolean(), 'For the search index.', indexing),
});

const serviceNames = z.array(z.string()).nullish();

/** `service`, `service.database` or `service.database.schema`; parts with dots in quotes. */
const placeSchema = z
  .string()
  .regex(
    /^(?:"[^"]+"|[^".\s][^".]*)(?:\.(?:"[^"]+"|[^".\s][^".]*)){0,2}$/,
    'must be a service of OpenMetadata, or service.database, or service.database.schema',
  );

/** `source.sourceConfig.config`, with every key that OpenMetadata 1.2 … 2.0 knows. */
export const pipelineMetadataSchema = z.strictObject({
  type: z.literal('PipelineMetadata').nullish().describe('Always `PipelineMetadata`.'),
  includeLineage: z
    .boolean()
    .nullish()
    .describe(
      'Writes which pipeline follows which, and which tables, files and topics they move data between; takes away what it wrote and the source no longer has; default true.',
    ),
  includeOwners: z.boolean().nullish().describe('Writes owners where a pipeline has none; default true.'),
  includeTags: z.boolean().nullish().describe('Writes tags from labels; default true.'),
  includeUnDeployedPipelines: z
    .boolean()
    .nullish()
    .describe('Also takes pipelines that are switched off; default true.'),
  pipelineFilterPattern: filterPatternSchema.nullish().describe('Which pipelines are taken, by name.'),
  overrideMetadata: z.boolean().nullish().describe('Also replaces what people edited in OpenMetadata; default false.'),
  statusLookbackDays: z
    .number()
    .positive()
    .nullish()
    .describe('Takes runs that started in the last so many days; default 1. `--since` wins over it.'),
  markDeletedPipelines: z
    .boolean()
    .nullish()
    .describe(
      'Soft-deletes pipelines that this command wrote and the source no longer has, and restores them if they come back; default true. Many at once stay unless `--allow-mass-delete` is given.',
    ),
  dbServiceNames: serviceNames.describe(
    'What `lineageInformation.dbServiceNames` was called in OpenMetadata 1.2 and 1.3; the names of both count.',
  ),
  lineageInformation: z
    .strictObject({
      pipelineServiceNames: serviceNames.describe(
        'Other pipeline services, in which upstream and downstream pipelines are looked for that the source names but does not have.',
      ),
      dbServiceNames: serviceNames.describe(
        'Database services in which tables of lineage are looked for; default all that fit the kind of database.',
      ),
      storageServiceNames: serviceNames.describe(
        'Storage services in which files are looked for; default all that fit.',
      ),
      messagingServiceNames: serviceNames.describe(
        'Messaging services in which topics are looked for; default all that fit.',
      ),
      datasetServices: z
        .record(z.string().min(1), placeSchema)
        .nullish()
        .describe(
          'Where the datasets of a connection are in OpenMetadata: the connection as the source writes it → service, service.database or service.database.schema. Wins over the lists of services. E.g. `"{{ secret(\'PG_URL\') }}": postgres_prod.sales`.',
        ),
    })
    .nullish()
    .describe('Services that take part in lineage.'),
  overrideLineage: ignored(z.boolean(), 'Replaces lineage.', 'edges of others are never replaced'),
  ownershipUpdateMode: ignored(z.enum(['replace', 'append']), 'How owners are updated.', 'owners that are set stay'),
});
