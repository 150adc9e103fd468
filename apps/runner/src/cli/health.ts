import { type Command, Option } from 'commander';
import type { HealthFlags } from '../commands/health.js';
import type { CommandContext } from './context.js';
import {
  configOption,
  examples,
  exitCodesWith,
  logFormatOption,
  logLevelOption,
  namespaceOption,
  sourceOption,
} from './options.js';

export function health(program: Command, { done, host, terminal }: CommandContext): void {
  program
    .command('health')
    .description('Say how the plugins of the source do: use, failures, durations, trend, unused and missing ones.')
    .addOption(configOption())
    .addOption(sourceOption())
    .option('--since <when>', 'the window, against the one before it: 24h, 7d, 2w, 2026-11-01', '7d')
    .addOption(namespaceOption())
    .addOption(
      new Option('--format <format>', 'how it is shown; default by the name of --output, else table').choices([
        'table',
        'json',
        'html',
        'md',
      ]),
    )
    .option('--json', 'the same as --format json')
    .option('-o, --output <file>', 'write it to a file: .html, .md, .json or .txt')
    .addOption(
      new Option('--fail-on <health>', 'exit with 10 when the health is that bad or worse').choices([
        'warning',
        'critical',
      ]),
    )
    .option('--webhook', 'post it in short to the webhook of Slack whose address is in FLOWMETA_WEBHOOK_URL')
    .addOption(logLevelOption())
    .addOption(logFormatOption())
    .option('--no-progress', 'show no progress')
    .addHelpText(
      'after',
      examples([
        'flowmeta health -c kestra.yaml',
        'flowmeta health -c kestra.yaml --since 30d -o health.html',
        'flowmeta health -c kestra.yaml --since 24h --fail-on critical --webhook',
      ]) + exitCodesWith('  10   the health is as bad as --fail-on says, or worse\n'),
    )
    .action(async (flags: HealthFlags) => {
      done(await (await import('../commands/health.js')).healthCommand(flags, host, await terminal()));
    });
}
