import { type Command, Option } from 'commander';
import type { IngestFlags } from '../commands/ingest.js';
import type { CommandContext } from './context.js';
import {
  configOption,
  examples,
  exitCodeHelp,
  logFormatOption,
  logLevelOption,
  namespaceOption,
  phaseOption,
  shardOption,
  sinceOption,
  sourceOption,
} from './options.js';

export function ingest(program: Command, { done, host, terminal }: CommandContext): void {
  program
    .command('ingest')
    .description('Read the source once and bring OpenMetadata up to date.')
    .addOption(configOption())
    .addOption(sourceOption())
    .option('--dry-run', 'read everything, write nothing, say what would be written')
    .addOption(sinceOption())
    .addOption(namespaceOption())
    .option('--full', 'read everything, whatever earlier runs have left in workflowConfig.state')
    .addOption(shardOption())
    .addOption(phaseOption())
    .option('--flow <name...>', 'only these flows and their runs: namespace.flow')
    .option('--execution <id...>', 'only these executions, with their flows')
    .option('--report <file...>', 'write the run report: .json, .html or .md')
    .option('--json', 'print the run report as JSON instead of the summary')
    .option('--audit-log <file>', 'append a line of JSON for each write to OpenMetadata')
    .option('--metrics-file <file>', "write metrics for Prometheus' textfile collector: a name that ends in .prom")
    .addOption(logLevelOption())
    .addOption(logFormatOption())
    .option('--no-progress', 'show no progress')
    .option('--strict', 'exit with 1 for degraded pipelines too')
    .addOption(
      new Option('--plan <file>', 'write what this plan of `flowmeta plan --output` says, and nothing else').conflicts([
        'dryRun',
        'since',
        'namespace',
        'full',
        'shard',
        'phase',
        'flow',
        'execution',
      ]),
    )
    .option('--allow-mass-delete', 'delete pipelines that the source no longer has even if they are many')
    .addHelpText(
      'after',
      examples([
        'flowmeta ingest -c kestra.yaml --dry-run',
        'flowmeta ingest -c kestra.yaml --since 7d --namespace company.sales company.finance --report report.html report.json',
        'flowmeta ingest -c kestra.yaml --flow company.sales.load_orders',
        'flowmeta ingest -c kestra.yaml --plan plan.json',
        'flowmeta ingest -c kestra.yaml --shard 0/8 --report shard-0.json',
        'flowmeta ingest -c kestra.yaml --metrics-file /var/lib/node_exporter/flowmeta.prom',
      ]) + exitCodeHelp,
    )
    .action(async (flags: IngestFlags) => {
      done(await (await import('../commands/ingest.js')).ingestCommand(flags, host, await terminal()));
    });
}
