import type { Command } from 'commander';
import type { CommandContext } from './context.js';
import { examples } from './options.js';

export function schema(program: Command, { done, host, terminal }: CommandContext): void {
  program
    .command('schema')
    .description('Print the JSON Schema of the config, for editors.')
    .option('--connector <name>', 'whose config: the name of a connector or of its package', 'kestra')
    .addHelpText('after', examples(['flowmeta schema > flowmeta.schema.json', 'flowmeta schema --connector airflow']))
    .action(async (flags: { connector: string }) => {
      done(await (await import('../commands/schema.js')).schemaCommand(flags, { host, terminal: await terminal() }));
    });
}
