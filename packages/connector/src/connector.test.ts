import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Connector, defineConnector, specVersion } from './connector.js';

describe('defineConnector', () => {
  const connector = {} as Connector;
  const definition = defineConnector({
    name: 'acme',
    title: 'Acme',
    description: 'Pipelines of Acme.',
    configSchema: z.strictObject({ hostPort: z.url(), pageSize: z.number().default(10) }),
    examples: [{ title: 'Smallest', config: { hostPort: 'https://acme.example.com' } }],
    capabilities: { runs: true },
    open: (config) => Object.assign(connector, { opened: config.pageSize }),
  });

  it('stamps the version of this interface on the definition', () => {
    expect(definition.specVersion).toBe(specVersion);
  });

  it('keeps the definition, whose schema fills in what open gets', () => {
    const config = definition.configSchema.parse(definition.examples[0]!.config);
    expect(definition.open(config, { now: () => 0, serviceName: 'acme' })).toMatchObject({ opened: 10 });
    expect(definition.capabilities).toEqual({ runs: true });
  });
});
