import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config/load-config.js';
import { datasetServicesOf } from './dataset-services.js';

async function servicesOf(sourceConfig: object) {
  const text = JSON.stringify({
    source: {
      type: 'kestra',
      serviceName: 'kestra_prod',
      serviceConnection: { config: { type: 'Kestra', hostPort: 'http://localhost:8080' } },
      sourceConfig: { config: sourceConfig },
    },
  });
  const { workflow } = await parseConfig(text, {
    file: 'kestra.yaml',
    environment: {},
    directory: '/',
    withoutTarget: true,
  });
  return datasetServicesOf(workflow);
}

describe('services of datasets', () => {
  it('are all of them where the config names none', async () => {
    expect(await servicesOf({})).toEqual({});
    expect(await servicesOf({ dbServiceNames: [], lineageInformation: { storageServiceNames: null } })).toEqual({});
  });

  it('are those of the new and of the old key, each once', async () => {
    expect(
      await servicesOf({ dbServiceNames: ['a', 'b'], lineageInformation: { dbServiceNames: ['c', 'a'] } }),
    ).toEqual({ database: ['c', 'a', 'b'] });
  });

  it('are apart by what they hold, and connections have theirs', async () => {
    const datasetServices = { "{{ secret('PG_URL') }}": 'postgres_prod.sales', 's3://lake': 's3_prod' };
    expect(
      await servicesOf({
        lineageInformation: { storageServiceNames: ['s3'], messagingServiceNames: ['kafka'], datasetServices },
      }),
    ).toEqual({ storage: ['s3'], messaging: ['kafka'], mapping: datasetServices });
  });
});
