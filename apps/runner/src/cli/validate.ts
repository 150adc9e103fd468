import type { Command } from 'commander';
import type { CommandContext } from './context.js';
import { configOption, examples } from './options.js';

export function validate(program: Command, { done, host, terminal }: CommandContext): void {
  program
    .command('validate')
    .description('Check a config without touching any server.')
    .addOption(configOption())
    .addHelpText('after', examples(['flowmeta validate -c kestra.yaml']))
    .action(async (flags: { config: string }) => {
      done(await (await import('../commands/validate.js')).validateCommand(flags, host, await terminal()));
    });
}
