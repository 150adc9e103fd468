import type { Command } from 'commander';
import type { CommandContext } from './context.js';
import { examples } from './options.js';

export function schema(program: Command, { done, terminal }: CommandContext): void {
  program
    .command('schema')
    .description('Print the JSON Schema of the config, for editors.')
    .option('--connector <name>', 'whose config', 'kestra')
    .addHelpText('after', examples(['flowmeta schema > flowmeta.schema.json']))
    .action(async (flags: { connector: string }) => {
      done(await (await import('../commands/schema.js')).schemaCommand(flags, await terminal()));
    });
}
