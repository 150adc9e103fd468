import { describeConnector } from '@flowmeta/connector/testing';
import { kestraVersions } from '@flowmeta/recordings';
import { kestraConfigSchema } from '../src/config.js';
import { connectKestra } from '../src/connector.js';
import { recordedClient, snapshot } from './recorded-client.js';

const config = kestraConfigSchema.parse({ hostPort: 'https://kestra.example.com' });
const context = { now: () => Date.UTC(2026, 10, 22, 12), serviceName: 'kestra' };
const window = { since: Date.UTC(2026, 10, 22), until: Date.UTC(2026, 10, 23) };

for (const version of kestraVersions) {
  describeConnector({
    name: `Kestra ${version}`,
    window,
    open: () => connectKestra(recordedClient(snapshot(version)), config, context),
    openBroken: () =>
      connectKestra(
        recordedClient(snapshot(version), {
          server: async () => {
            throw new Error('connect ECONNREFUSED');
          },
        }),
        config,
        context,
      ),
  });
}

describeConnector({
  name: 'Kestra 1.0.3 without the plugins of its flows',
  window,
  open: () => connectKestra(recordedClient(snapshot('1.0.3', 'fill-np')), config, context),
});
