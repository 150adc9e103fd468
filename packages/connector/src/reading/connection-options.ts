import { z } from 'zod';
import type { ConnectorContext } from '../connector.js';

const pem = z.string().regex(/-----BEGIN /, 'expected PEM text, which begins with -----BEGIN');

/** The host reads the file and fills in the option in its place, before a schema sees the config. */
const fileOf = (option: 'password' | 'token') =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ fileOf: option })
    .describe(
      `Name of a file with the ${option}, e.g. a secret that Docker or Kubernetes mounts; instead of \`${option}\`.`,
    );

/**
 * The options of a connection over HTTP that are the same for every server, described but for `hostPort`. `title` names the server,
 * e.g. `Kestra`.
 */
export function connectionOptions(title: string) {
  return {
    hostPort: z
      .url({
        protocol: /^https?$/,
        error: `expected the address of the ${title} server, e.g. https://${title.toLowerCase()}.example.com`,
      })
      .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
        error: 'the address holds credentials: use `username` and `password` instead',
      }),
    passwordFile: fileOf('password'),
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
    concurrency: z.int().min(1).max(64).default(8).describe(`Requests to ${title} under way at a time.`),
    requestsPerSecond: z
      .number()
      .positive()
      .optional()
      .describe(`Requests to ${title} that may begin per second; absent means no limit.`),
  };
}

interface SignIn {
  username?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  passwordFile?: string | undefined;
  tokenFile?: string | undefined;
}

/** For `superRefine`: a user name with its password, or a token, or neither; and no file that the host has left unread. */
export function refineSignIn(
  { username, password, token, passwordFile, tokenFile }: SignIn,
  context: z.RefinementCtx,
): void {
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
}

type Connection = z.output<z.ZodObject<Omit<ReturnType<typeof connectionOptions>, 'hostPort'>>>;

/** What these options and the host mean for the HTTP client of `@flowmeta/http`. */
export function transportOptions(config: Connection, context: ConnectorContext) {
  const { caCertificate, sslCertificate, sslKey } = config.sslConfig ?? {};
  return {
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
