import { connectionOptions, pythonRegExp, refineSignIn } from '@flowmeta/connector/reading';
import { z } from 'zod';

const expression = z.string().superRefine((pattern, context) => {
  try {
    pythonRegExp(pattern);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const filterPattern = z.strictObject({
  includes: z.array(expression).optional().describe('At least one of these must match; absent means all.'),
  excludes: z.array(expression).optional().describe('None of these may match; they win over `includes`.'),
});

const namespace = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/i, 'not a Kestra namespace: letters, digits, dots, dashes and underscores');

const options = connectionOptions('Kestra');

/** The connector's part of the config. It takes what the earlier Python connector took, and more. */
export const kestraConfigSchema = z
  .strictObject({
    type: z.literal('Kestra').default('Kestra').describe('Names this connector.'),
    hostPort: options.hostPort.describe(
      'Address of the Kestra server as a browser has it. A context path is kept; `/ui` and `/api/v1` are cut off.',
    ),
    tenantId: z
      .string()
      .min(1)
      .optional()
      .describe('Tenant, default `main`. Without effect on servers that know no tenants (0.22 and older).'),
    username: z.string().min(1).optional().describe('For basic authentication; needs `password`.'),
    password: z
      .string()
      .min(1)
      .optional()
      .meta({ secret: true })
      .describe('For basic authentication; needs `username`.'),
    passwordFile: options.passwordFile,
    token: z
      .string()
      .min(1)
      .optional()
      .meta({ secret: true })
      .describe('API token (Kestra Enterprise), instead of a user name.'),
    tokenFile: options.tokenFile,
    verifySSL: options.verifySSL,
    sslConfig: options.sslConfig,
    pipelineFilterPattern: filterPattern
      .optional()
      .describe(
        'Regular expressions on `namespace.flowId`, matched at the start and case-insensitive, as OpenMetadata does. Holds in addition to the one in `sourceConfig`.',
      ),
    numberOfStatus: z
      .int()
      .min(1)
      .optional()
      .describe('At most so many of the newest runs per pipeline; absent means all of the window.'),
    namespaces: z
      .strictObject({
        includes: z.array(namespace).optional().describe('Only these and their children; absent means all.'),
        excludes: z.array(namespace).optional().describe('Not these and their children; they win over `includes`.'),
      })
      .optional()
      .describe('Which namespaces are read. Cheaper than `pipelineFilterPattern` where one namespace holds them all.'),
    labelIncludes: z.array(z.string()).optional().describe('Keys of the labels that become tags; absent means all.'),
    labelExcludes: z
      .array(z.string())
      .optional()
      .describe('Keys of labels that don’t become tags; they win over `labelIncludes`.'),
    ownerLabel: z.string().min(1).default('owner').describe('Key of the label that names a flow’s owner.'),
    ownerMapping: z
      .record(z.string(), z.string().min(1))
      .optional()
      .describe(
        'From a value of the owner label, or a namespace (it holds for its children too), to the name or e-mail of a user or team in OpenMetadata. The label wins over the namespace.',
      ),
    requestTimeout: options.requestTimeout,
    concurrency: options.concurrency,
    requestsPerSecond: options.requestsPerSecond,
  })
  .superRefine(refineSignIn);

/** The config with its defaults filled in. */
export type KestraConfig = z.output<typeof kestraConfigSchema>;
