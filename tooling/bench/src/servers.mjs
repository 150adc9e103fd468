// The look-alike servers, in a process of their own so that their work is not counted. Talks to its parent by messages.
import { demoDataset, generateDataset, startKestraSandbox, startOpenMetadataSandbox } from '@flowmeta/sandbox';

const options = JSON.parse(process.argv[2]);
const now = () => options.now;
const common = { latencyMs: options.latencyMs, recordRequests: false, now };
const kestra = await startKestraSandbox({
  ...common,
  recordRequests: true,
  dataset:
    options.flows === 0
      ? { ...demoDataset(), flows: [], executions: [], triggers: [], namespaces: [] }
      : generateDataset({
          flows: options.flows,
          tasks: options.tasks,
          runs: options.flows * options.runs,
          version: options.kestraVersion,
          startedAt: new Date(options.now - 24 * 3_600_000).toISOString(),
        }),
});
const openMetadata = await startOpenMetadataSandbox({ ...common, version: options.openMetadataVersion });

process.on('message', async (message) => {
  if (message === 'counts')
    process.send({
      kestra: kestra.requestCounts(),
      openMetadata: openMetadata.requestCounts(),
      changes: openMetadata.catalog.changes(),
      simulated: openMetadata.simulated,
    });
  if (message === 'addresses') process.send(kestra.requests.map(({ path, query }) => `${kestra.url}${path}?${query}`));
  if (message === 'stop') {
    await Promise.all([kestra.close(), openMetadata.close()]);
    process.disconnect();
  }
});
process.send({ kestra: kestra.url, openMetadata: openMetadata.url, token: openMetadata.token });
