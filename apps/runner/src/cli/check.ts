import type { Command } from 'commander';
import type { CheckFlags } from '../commands/check.js';
import type { CommandContext } from './context.js';
import { configOption, examples, logFormatOption, logLevelOption, sourceOption } from './options.js';

export function check(program: Command, { done, host, terminal }: CommandContext): void {
  program
    .command('check')
    .description('Try both connections step by step and say what to do about what fails.')
    .addOption(configOption())
    .addOption(sourceOption())
    .option('--json', 'print the steps as JSON')
    .addOption(logLevelOption())
    .addOption(logFormatOption())
    .addHelpText(
      'after',
      `${examples(['flowmeta check -c kestra.yaml', 'flowmeta check -c kestra.yaml --json'])}
Exit codes:
  0    both servers are as a run needs them
  1    a step failed after the sign-in
  2    the command line or the config is wrong
  3    a server could not be reached, is too old or refused the sign-in
  130  interrupted (143 by SIGTERM)
`,
    )
    .action(async (flags: CheckFlags) => {
      done(await (await import('../commands/check.js')).checkCommand(flags, host, await terminal()));
    });
}
