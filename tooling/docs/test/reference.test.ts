import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../apps/runner/src/cli.js';
import { builtInConnectors, connectorRegistry } from '../../../apps/runner/src/config/connectors.js';
import { configJsonSchema } from '../../../apps/runner/src/config/json-schema.js';
import { fakeHost } from '../../../apps/runner/test/fake-host.js';
import { commandsPage } from '../src/commands-page.js';
import { configurationPage, type JsonSchema } from '../src/configuration.js';
import { connectorPage } from '../src/connector-page.js';

const file = (name: string) => fileURLToPath(new URL(`../../../docs/reference/${name}`, import.meta.url));
const stale = 'the page is stale: run `npx -y pnpm@10.34.9 docs:generate`';
const registry = connectorRegistry({ directory: '/' });
const infos = await Promise.all(Object.keys(builtInConnectors).map((name) => registry.info(name)));

/** These tests write the pages with `vitest -u`, and fail where the pages say something else. */
describe('the reference', () => {
  it('of the configuration says what the schema says', async () => {
    const schema = configJsonSchema(await registry.load('kestra')) as JsonSchema;
    const pages = infos.map(({ name, title }) => ({ title, page: `connectors/${name}.md` }));
    await expect(configurationPage(schema, pages), stale).toMatchFileSnapshot(file('configuration.md'));
  });

  it.each(infos)('of the connector $name says what its definition says', async (info) => {
    await expect(connectorPage(info), stale).toMatchFileSnapshot(file(`connectors/${info.name}.md`));
  });

  it('of the commands says what --help says', async () => {
    const program: Command = buildProgram(fakeHost().host);
    await expect(commandsPage(program), stale).toMatchFileSnapshot(file('commands.md'));
  });
});
