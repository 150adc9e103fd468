import { z } from 'zod';

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

/** The connector's part of the config. */
export const airflowConfigSchema = z
  .strictObject({
    type: z.literal('Airflow').default('Airflow').describe('Names this connector.'),
    hostPort: z
      .url({
        protocol: /^https?$/,
        error: 'expected the address of the Airflow server, e.g. https://airflow.example.com',
      })
      .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
        error: 'the address holds credentials: use `username` and `password` instead',
      })
      .describe(
        'Address of the Airflow server as a browser has it (3.x: API server, 2.x: webserver). A context path is kept; `/api/v1`, `/api/v2` and `/home` are cut off.',
      ),
    username: z
      .string()
      .min(1)
      .optional()
      .describe('Airflow 3 gives a token for it, Airflow 2 takes it as basic authentication; needs `password`.'),
    password: z.string().min(1).optional().meta({ secret: true }).describe('Needs `username`.'),
    passwordFile: fileOf('password'),
    token: z
      .string()
      .min(1)
      .optional()
      .meta({ secret: true })
      .describe('Bearer token, instead of a user name. It has to be valid for as long as a run takes.'),
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
    requestTimeout: z.number().positive().default(60).describe('Longest time that a request may take, seconds.'),
    concurrency: z.int().min(1).max(64).default(8).describe('Requests to Airflow under way at a time.'),
    requestsPerSecond: z
      .number()
      .positive()
      .optional()
      .describe('Requests to Airflow that may begin per second; absent means no limit.'),
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
      const message = 'give either `token` or `username` and `password`';
      context.addIssue({ code: 'custom', path: ['token'], message });
    }
  });

/** The config with its defaults filled in. */
export type AirflowConfig = z.output<typeof airflowConfigSchema>;
