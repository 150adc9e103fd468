import type { Command } from 'commander';
import type { BackfillFlags } from '../commands/backfill.js';
import type { CommandContext } from './context.js';
import {
  configOption,
  examples,
  exitCodeHelp,
  logFormatOption,
  logLevelOption,
  namespaceOption,
  sourceOption,
} from './options.js';

export function backfill(program: Command, { done, host, terminal }: CommandContext): void {
  program
    .command('backfill')
    .description('Bring runs of long ago into OpenMetadata, slice by slice; says before how many, and asks.')
    .addOption(configOption())
    .addOption(sourceOption())
    .requiredOption('--from <when>', 'runs from this instant on, or from so long ago: 2026-01-01, 90d; required')
    .option('--to <when>', 'runs before this instant, or from before so long ago; default now')
    .option('--slice <duration>', 'how much is read at a time, the newest first: 6h, 1d, 1w', '1d')
    .addOption(namespaceOption())
    .option('--yes', 'go on without a question')
    .option('--dry-run', 'only say how many runs there are; write nothing')
    .option('--restart', 'read again what earlier backfills have written')
    .option('--report <file...>', 'write the run report: .json, .html or .md')
    .option('--json', 'print the run report as JSON, or the estimate where nothing is written')
    .option('--audit-log <file>', 'append a line of JSON for each write to OpenMetadata')
    .addOption(logLevelOption())
    .addOption(logFormatOption())
    .option('--no-progress', 'show no progress')
    .addHelpText(
      'after',
      examples([
        'flowmeta backfill -c kestra.yaml --from 90d --dry-run',
        'flowmeta backfill -c kestra.yaml --from 2026-01-01 --to 2026-07-01 --slice 1w',
        'flowmeta backfill -c kestra.yaml --from 90d --yes --report backfill.html',
      ]) + exitCodeHelp,
    )
    .action(async (flags: BackfillFlags) => {
      done(await (await import('../commands/backfill.js')).backfillCommand(flags, host, await terminal()));
    });
}
