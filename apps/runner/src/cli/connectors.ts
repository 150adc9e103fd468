import { type Command, Option } from 'commander';
import type { ConnectorsFlags } from '../commands/connectors.js';
import type { CommandContext } from './context.js';
import { examples } from './options.js';

export function connectors(program: Command, { done, host, terminal }: CommandContext): void {
  const pathOption = () =>
    new Option('--path <directory...>', 'also look for packages here, as connectorPaths of a config does');
  const context = async () => ({ host, terminal: await terminal() });
  const group = program.command('connectors').description('Show the connectors that are built in and installed.');
  group
    .command('list')
    .description('List connectors that are built in or installed from npm; of the latter no code runs.')
    .addOption(pathOption())
    .option('--json', 'print them as JSON')
    .addHelpText('after', examples(['flowmeta connectors list']))
    .action(async (flags: ConnectorsFlags) => {
      done(await (await import('../commands/connectors.js')).connectorsCommand(flags, await context()));
    });
  group
    .command('search')
    .description('List those of them whose name, title, description or package has all words of the query.')
    .argument('<query...>', 'words to look for')
    .addOption(pathOption())
    .option('--json', 'print them as JSON')
    .addHelpText('after', examples(['flowmeta connectors search kestra']))
    .action(async (query: string[], flags: ConnectorsFlags) => {
      const { connectorsCommand } = await import('../commands/connectors.js');
      done(await connectorsCommand({ ...flags, query: query.join(' ') }, await context()));
    });
  group
    .command('info')
    .description('Show one with its options, defaults and examples; that of a package is loaded for it.')
    .argument('<name>', 'the name of the connector or of its package')
    .addOption(pathOption())
    .option('--json', 'print it as JSON')
    .addHelpText('after', examples(['flowmeta connectors info kestra']))
    .action(async (name: string, flags: ConnectorsFlags) => {
      done(await (await import('../commands/connector-info.js')).connectorInfoCommand(name, flags, await context()));
    });
  group
    .command('outdated')
    .description('Ask npm for newer versions of the installed packages, and whether they fit this version.')
    .addOption(pathOption())
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `${examples(['flowmeta connectors outdated'])}
Exit codes:
  0    npm knows all of them
  1    npm does not know some of them
  3    npm can not be run, or its registry did not answer
`,
    )
    .action(async (flags: ConnectorsFlags) => {
      const { connectorsOutdatedCommand } = await import('../commands/connectors-outdated.js');
      done(await connectorsOutdatedCommand(flags, await context()));
    });
}
