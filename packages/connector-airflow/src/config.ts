import { connectionOptions, refineSignIn } from '@flowmeta/connector/reading';
import { z } from 'zod';
import { databasePlaceOf } from './lineage/asset-uri.js';
import { databaseSchemes } from './lineage/databases.js';

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
    connections: z
      .record(
        z.string().min(1),
        z
          .string()
          .refine((uri) => databasePlaceOf(uri) !== undefined, {
            error: `expected a database as in postgres://host:5432/database/schema; known are ${databaseSchemes.join(', ')}`,
          })
          .refine((uri) => !/^[^/]*\/\/[^/]*@/.test(uri), {
            error: 'the address holds credentials, which are not needed: nothing connects to it',
          }),
      )
      .optional()
      .describe(
        'What connections of Airflow lead to, by their `conn_id`, for the lineage of SQL: Airflow does not tell it. An address such as `postgres://host:5432/database/schema`, without credentials; names without a database or schema get these.',
      ),
    requestTimeout: options.requestTimeout,
    concurrency: options.concurrency,
    requestsPerSecond: options.requestsPerSecond,
  })
  .superRefine(refineSignIn);

/** The config with its defaults filled in. */
export type AirflowConfig = z.output<typeof airflowConfigSchema>;
