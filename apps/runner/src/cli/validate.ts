import type { Command } from 'commander';
import type { ValidateFlags } from '../commands/validate.js';
import type { CommandContext } from './context.js';
import { configOption, examples, sourceOption } from './options.js';

export function validate(program: Command, { done, host, terminal }: CommandContext): void {
  program
    .command('validate')
    .description('Check a config without touching any server.')
    .addOption(configOption())
    .addOption(sourceOption())
    .addHelpText('after', examples(['flowmeta validate -c kestra.yaml']))
    .action(async (flags: ValidateFlags) => {
      done(await (await import('../commands/validate.js')).validateCommand(flags, host, await terminal()));
    });
}
