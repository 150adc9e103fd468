import { type Command, Option } from 'commander';
import type { LineageFlags } from '../commands/lineage.js';
import type { CommandContext } from './context.js';
import {
  configOption,
  examples,
  exitCodeHelp,
  logFormatOption,
  logLevelOption,
  namespaceOption,
  parseSteps,
  sinceOption,
  sourceOption,
} from './options.js';

export function lineage(program: Command, { done, host, terminal }: CommandContext): void {
  program
    .command('lineage')
    .description('Show what flows from where to where, as the source tells it; OpenMetadata is not asked.')
    .addOption(configOption())
    .addOption(sourceOption())
    .addOption(
      new Option('--format <format>', 'how it is shown; default by the name of --output, else table').choices([
        'table',
        'json',
        'mermaid',
        'dot',
        'html',
        'openlineage',
      ]),
    )
    .option('--json', 'the same as --format json')
    .option('--flow <name...>', 'only what leads to these flows and follows from them: namespace.flow, or its end')
    .option('--table <name...>', 'only what leads to these tables, files or topics and follows from them')
    .addOption(new Option('--upstream <steps>', 'how far back from there; default all the way').argParser(parseSteps))
    .addOption(new Option('--downstream <steps>', 'how far on from there; default all the way').argParser(parseSteps))
    .option('-o, --output <file>', 'write it to a file: .html, .md, .mmd, .dot, .json or .txt')
    .option('--post-to <url>', 'send it as OpenLineage events to this server; OPENLINEAGE_API_KEY signs in')
    .addOption(sinceOption())
    .addOption(namespaceOption())
    .addOption(logLevelOption())
    .addOption(logFormatOption())
    .option('--no-progress', 'show no progress')
    .addHelpText(
      'after',
      examples([
        'flowmeta lineage -c kestra.yaml',
        'flowmeta lineage -c kestra.yaml --table mart.daily_sales --upstream 2',
        'flowmeta lineage -c kestra.yaml --flow company.team.load_orders -o lineage.html',
        'flowmeta lineage -c kestra.yaml --post-to http://marquez.example.com:5000',
      ]) + exitCodeHelp,
    )
    .action(async (flags: LineageFlags) => {
      done(await (await import('../commands/lineage.js')).lineageCommand(flags, host, await terminal()));
    });
}
