import { redactText } from '@flowmeta/redact';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { CheckFlags } from './commands/check.js';
import type { DemoFlags } from './commands/demo.js';
import type { HealthFlags } from './commands/health.js';
import type { IngestFlags } from './commands/ingest.js';
import type { LineageFlags } from './commands/lineage.js';
import type { PlanFlags } from './commands/plan.js';
import type { ReportMergeFlags } from './commands/report-merge.js';
import { exitCodes } from './exit-codes.js';
import type { Host } from './host.js';
import { type LogFormat, type LogLevel, logFormatOf, logFormats, logLevels } from './terminal/log-levels.js';
import { version } from './version.js';

/**
 * Runs the command line and answers its exit code. Everything but the command line itself is loaded when a command
 * needs it, so that `--version` and `--help` answer at once.
 */
export async function runCli(args: string[], host: Host): Promise<number> {
  let exitCode: number = exitCodes.done;
  const set = (code: number) => {
    exitCode = code;
  };
  const program = buildProgram(host, { done: set, format: logFormatOf(args) });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const { showError } = await import('./terminal/show-error.js');
    const debug = args.some((arg) => /^(?:--log-level=)?debug$/i.test(arg));
    return showError(error, { host, debug, format: logFormatOf(args) });
  }
}

function buildProgram(host: Host, { done, format }: { done: (exitCode: number) => void; format: LogFormat }): Command {
  const program = new Command('flowmeta')
    .description("Brings an orchestrator's pipelines, runs and lineage into OpenMetadata.")
    .version(version(), '-v, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      // It repeats what it doesn't know, such as `--password=…`.
      writeErr: (text) => host.stderr.write(format === 'json' ? usageLine(host, redactText(text)) : redactText(text)),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .showHelpAfterError('Run `flowmeta --help` for what there is.')
    .addHelpText(
      'after',
      examples(['flowmeta demo', 'flowmeta check -c kestra.yaml', 'flowmeta ingest -c kestra.yaml']),
    );

  const terminal = async () => (await import('./terminal/terminal.js')).createTerminal(host, { format });
  const config = () => new Option('-c, --config <file>', 'the workflow config, YAML or JSON').makeOptionMandatory();
  const logLevel = () =>
    new Option('--log-level <level>', 'what is logged: debug, info, warn or error').argParser(parseLogLevel);
  const logFormat = () =>
    new Option('--log-format <format>', 'how it is logged: for people, or a line of JSON each').choices(logFormats);

  program
    .command('ingest')
    .description('Read the source once and bring OpenMetadata up to date.')
    .addOption(config())
    .option('--dry-run', 'read everything, write nothing, say what would be written')
    .option('--since <when>', 'take runs from this instant on, or from so long ago: 2026-11-01, 12h, 7d')
    .option('--namespace <namespace...>', 'only these namespaces and their children')
    .option('--full', 'read everything, whatever earlier runs have left in workflowConfig.state')
    .option('--flow <name...>', 'only these flows and their runs: namespace.flow')
    .option('--execution <id...>', 'only these executions, with their flows')
    .option('--report <file...>', 'write the run report: .json, .html or .md')
    .option('--json', 'print the run report as JSON instead of the summary')
    .option('--audit-log <file>', 'append a line of JSON for each write to OpenMetadata')
    .option('--metrics-file <file>', "write metrics for Prometheus' textfile collector: a name that ends in .prom")
    .addOption(logLevel())
    .addOption(logFormat())
    .option('--no-progress', 'show no progress')
    .option('--strict', 'exit with 1 for degraded pipelines too')
    .option('--allow-mass-delete', 'delete pipelines that the source no longer has even if they are many')
    .addHelpText(
      'after',
      examples([
        'flowmeta ingest -c kestra.yaml --dry-run',
        'flowmeta ingest -c kestra.yaml --since 7d --namespace company.team --report report.html',
        'flowmeta ingest -c kestra.yaml --metrics-file /var/lib/node_exporter/flowmeta.prom',
      ]) + exitCodeHelp,
    )
    .action(async (flags: IngestFlags) => {
      done(await (await import('./commands/ingest.js')).ingestCommand(flags, host, await terminal()));
    });
  program
    .command('plan')
    .description('Show what a run would change in OpenMetadata, field by field; nothing is written.')
    .addOption(config())
    .option('--since <when>', 'take runs from this instant on, or from so long ago: 2026-11-01, 12h, 7d')
    .option('--namespace <namespace...>', 'only these namespaces and their children')
    .option('--allow-mass-delete', 'as if the run were allowed to delete many pipelines at once')
    .option('--json', 'print the plan as JSON')
    .option('-o, --output <file>', 'write the plan to a file, as JSON')
    .addOption(logLevel())
    .option('--no-progress', 'show no progress')
    .addHelpText(
      'after',
      examples(['flowmeta plan -c kestra.yaml', 'flowmeta plan -c kestra.yaml --json -o plan.json']) +
        exitCodesWith('  10   there is something to change\n'),
    )
    .action(async (flags: PlanFlags) => {
      done(await (await import('./commands/plan.js')).planCommand(flags, host, await terminal()));
    });
  program
    .command('lineage')
    .description('Show what flows from where to where, as the source tells it; OpenMetadata is not asked.')
    .addOption(config())
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
    .option('--since <when>', 'take runs from this instant on, or from so long ago: 2026-11-01, 12h, 7d')
    .option('--namespace <namespace...>', 'only these namespaces and their children')
    .addOption(logLevel())
    .addOption(logFormat())
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
      done(await (await import('./commands/lineage.js')).lineageCommand(flags, host, await terminal()));
    });
  program
    .command('health')
    .description('Say how the plugins of the source do: use, failures, durations, trend, unused and missing ones.')
    .addOption(config())
    .option('--since <when>', 'the window, against the one before it: 24h, 7d, 2w, 2026-11-01', '7d')
    .option('--namespace <namespace...>', 'only these namespaces and their children')
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
    .option('--webhook [url]', 'post it in short to a webhook of Slack; without a url to FLOWMETA_WEBHOOK_URL')
    .addOption(logLevel())
    .addOption(logFormat())
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
      done(await (await import('./commands/health.js')).healthCommand(flags, host, await terminal()));
    });
  program
    .command('validate')
    .description('Check a config without touching any server.')
    .addOption(config())
    .addHelpText('after', examples(['flowmeta validate -c kestra.yaml']))
    .action(async (flags: { config: string }) => {
      done(await (await import('./commands/validate.js')).validateCommand(flags, host, await terminal()));
    });
  program
    .command('schema')
    .description('Print the JSON Schema of the config, for editors.')
    .option('--connector <name>', 'whose config', 'kestra')
    .addHelpText('after', examples(['flowmeta schema > flowmeta.schema.json']))
    .action(async (flags: { connector: string }) => {
      done(await (await import('./commands/schema.js')).schemaCommand(flags, await terminal()));
    });
  program
    .command('check')
    .description('Try both connections step by step and say what to do about what fails.')
    .addOption(config())
    .option('--json', 'print the steps as JSON')
    .addOption(logLevel())
    .addOption(logFormat())
    .addHelpText('after', examples(['flowmeta check -c kestra.yaml']))
    .action(async (flags: CheckFlags) => {
      done(await (await import('./commands/check.js')).checkCommand(flags, host, await terminal()));
    });
  program
    .command('demo')
    .description('Show a run between two stand-in servers on this machine; needs nothing else.')
    .option('--report <file>', 'where the report goes: .json, .html or .md')
    .option('--keep', 'leave the servers running until Ctrl-C')
    .addHelpText('after', examples(['flowmeta demo --report demo.html']))
    .action(async (flags: DemoFlags) => {
      done(await (await import('./commands/demo.js')).demoCommand(flags, host, await terminal()));
    });
  const report = program.command('report').description('Work with run reports.');
  report
    .command('merge')
    .description('Make one report of those of several runs: of shards, tenants, services.')
    .argument('<reports...>', 'JSON files that `ingest --report` has written')
    .option('-o, --output <file>', 'write it to a file: .json, .html or .md; without, show a summary')
    .addHelpText('after', examples(['flowmeta report merge a.json b.json -o all.html']))
    .action(async (files: string[], flags: ReportMergeFlags) => {
      const { reportMergeCommand } = await import('./commands/report-merge.js');
      done(await reportMergeCommand(files, flags, { host, terminal: await terminal() }));
    });
  return program;
}

function usageLine(host: Host, text: string): string {
  const message = text.trim();
  if (message === '') return '';
  return `${JSON.stringify({ time: new Date(host.now()).toISOString(), level: 'error', message })}\n`;
}

function parseLogLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text.toUpperCase());
  if (!level) throw new InvalidArgumentError('It is one of debug, info, warn, error.');
  return level;
}

function parseSteps(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It is a whole number, 0 or more.');
  return Number(text);
}

function examples(lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
}

function exitCodesWith(more = ''): string {
  return `
Exit codes:
  0    done, nothing lost
  1    done in part: something was skipped, failed or refused
  2    the command line or the config is wrong
  3    a server could not be reached or refused the sign-in
${more}  130  interrupted (143 by SIGTERM); the next run goes on
`;
}

const exitCodeHelp = exitCodesWith();
