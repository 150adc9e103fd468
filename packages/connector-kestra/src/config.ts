import { pythonRegExp } from '@flowmeta/connector/reading';
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

const pem = z.string().regex(/-----BEGIN /, 'expected PEM text, which begins with -----BEGIN');

/** The host reads the file and fills in the option in its place, before this schema sees the config. */
const fileOf = (option: 'password' | 'token') =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ fileOf: option })
    .describe(
      `Name of a file with the ${option}, e.g. a secret that Docker or Kubernetes mounts; instead of \`${option}\`.`,
    );

/** The connector's part of the config. It takes what the earlier Python connector took, and more. */
export const kestraConfigSchema = z
  .strictObject({
    type: z.literal('Kestra').default('Kestra').describe('Names this connector.'),
    hostPort: z
      .url({
        protocol: /^https?$/,
        error: 'expected the address of the Kestra server, e.g. https://kestra.example.com',
      })
      .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
        error: 'the address holds credentials: use `username` and `password` instead',
      })
      .describe(
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
    passwordFile: fileOf('password'),
    token: z
      .string()
      .min(1)
      .optional()
      .meta({ secret: true })
      .describe('API token (Kestra Enterprise), instead of a user name.'),
    tokenFile: fileOf('token'),
    verifySSL: z
      .enum(['no-ssl', 'ignore', 'validate'])
      .default('validate')
      .describe(
        '`ignore` accepts every certificate; `no-ssl` and `validate` accept only those that a known authority has signed.',
      ),
    sslConfig: z
      .strictObject({
        caCertificate: pem.optional().describe('PEM of the authority that signed the server’s certificate.'),
        sslCertificate: pem.optional().describe('PEM of a client certificate; needs `sslKey`.'),
        sslKey: pem.optional().meta({ secret: true }).describe('PEM of the client certificate’s key.'),
      })
      .refine(({ sslCertificate, sslKey }) => (sslCertificate === undefined) === (sslKey === undefined), {
        error: '`sslCertificate` and `sslKey` need each other',
      })
      .optional()
      .describe('Certificates as PEM text.'),
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
    requestTimeout: z.number().positive().default(60).describe('Longest time that a request may take, seconds.'),
    concurrency: z.int().min(1).max(64).default(8).describe('Requests to Kestra under way at a time.'),
    requestsPerSecond: z
      .number()
      .positive()
      .optional()
      .describe('Requests to Kestra that may begin per second; absent means no limit.'),
  })
  .superRefine(({ username, password, token, passwordFile, tokenFile }, context) => {
    for (const [key, file] of Object.entries({ passwordFile, tokenFile })) {
      if (file !== undefined) context.addIssue({ code: 'custom', path: [key], message: 'the file has not been read' });
    }
    if (passwordFile !== undefined) return;
    if ((username === undefined) !== (password === undefined)) {
      const path = [username === undefined ? 'username' : 'password'];
      context.addIssue({ code: 'custom', path, message: '`username` and `password` need each other' });
    }
    if (token !== undefined && username !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['token'],
        message: 'give either `token` or `username` and `password`',
      });
    }
  });

/** The config with its defaults filled in. */
export type KestraConfig = z.output<typeof kestraConfigSchema>;
