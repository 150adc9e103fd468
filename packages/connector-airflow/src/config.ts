import { connectionOptions, refineSignIn } from '@flowmeta/connector/reading';
import { z } from 'zod';

const options = connectionOptions('Airflow');

/** The connector's part of the config. */
export const airflowConfigSchema = z
  .strictObject({
    type: z.literal('Airflow').default('Airflow').describe('Names this connector.'),
    hostPort: options.hostPort.describe(
      'Address of the Airflow server as a browser has it (3.x: API server, 2.x: webserver). A context path is kept; `/api/v1`, `/api/v2` and `/home` are cut off.',
    ),
    username: z
      .string()
      .min(1)
      .optional()
      .describe('Airflow 3 gives a token for it, Airflow 2 takes it as basic authentication; needs `password`.'),
    password: z.string().min(1).optional().meta({ secret: true }).describe('Needs `username`.'),
    passwordFile: options.passwordFile,
    token: z
      .string()
      .min(1)
      .optional()
      .meta({ secret: true })
      .describe('Bearer token, instead of a user name. It has to be valid for as long as a run takes.'),
    tokenFile: options.tokenFile,
    verifySSL: options.verifySSL,
    sslConfig: options.sslConfig,
    requestTimeout: options.requestTimeout,
    concurrency: options.concurrency,
    requestsPerSecond: options.requestsPerSecond,
  })
  .superRefine(refineSignIn);

/** The config with its defaults filled in. */
export type AirflowConfig = z.output<typeof airflowConfigSchema>;
