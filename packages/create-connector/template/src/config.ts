import { z } from 'zod';

/** The connector's part of the config. */
export const acmeConfigSchema = z.strictObject({
  type: z.literal('Acme').default('Acme').describe('Names this connector.'),
  hostPort: z.url({ protocol: /^https?$/ }).describe('Address of the Acme server, e.g. https://acme.example.com.'),
  token: z.string().min(1).meta({ secret: true }).describe('API token.'),
  requestTimeout: z.number().positive().default(60).describe('Longest time that a request may take, seconds.'),
});

export type AcmeConfig = z.output<typeof acmeConfigSchema>;
