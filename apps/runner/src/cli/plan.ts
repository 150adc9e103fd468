import type { Command } from 'commander';
import type { PlanFlags } from '../commands/plan.js';
import type { CommandContext } from './context.js';
import {
  configOption,
  examples,
  exitCodesWith,
  logLevelOption,
  namespaceOption,
  sinceOption,
  sourceOption,
} from './options.js';

export function plan(program: Command, { done, host, terminal }: CommandContext): void {
  program
    .command('plan')
    .description('Show what a run would change in OpenMetadata, field by field; nothing is written.')
    .addOption(configOption())
    .addOption(sourceOption())
    .addOption(sinceOption())
    .addOption(namespaceOption())
    .option('--allow-mass-delete', 'as if the run were allowed to delete many pipelines at once')
    .option('--json', 'print the plan as JSON')
    .option('-o, --output <file>', 'write the plan to a file, as JSON')
    .addOption(logLevelOption())
    .option('--no-progress', 'show no progress')
    .addHelpText(
      'after',
      examples(['flowmeta plan -c kestra.yaml', 'flowmeta plan -c kestra.yaml -o plan.json   # for ingest --plan']) +
        exitCodesWith('  10   there is something to change\n'),
    )
    .action(async (flags: PlanFlags) => {
      done(await (await import('../commands/plan.js')).planCommand(flags, host, await terminal()));
    });
}
