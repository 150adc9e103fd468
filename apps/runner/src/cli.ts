import { redactText } from '@flowmeta/redact';
import { Command, CommanderError } from 'commander';
import { backfill } from './cli/backfill.js';
import { check } from './cli/check.js';
import { connectors } from './cli/connectors.js';
import { demo } from './cli/demo.js';
import { health } from './cli/health.js';
import { ingest } from './cli/ingest.js';
import { lineage } from './cli/lineage.js';
import { examples } from './cli/options.js';
import { plan } from './cli/plan.js';
import { report } from './cli/report.js';
import { schema } from './cli/schema.js';
import { shards } from './cli/shards.js';
import { validate } from './cli/validate.js';
import { watch } from './cli/watch.js';
import { exitCodes } from './exit-codes.js';
import type { Host } from './host.js';
import { type LogFormat, logFormatOf } from './terminal/log-levels.js';
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

/** The command line; `done` takes the exit code of the command that ran. */
export function buildProgram(
  host: Host,
  { done = () => {}, format = 'pretty' }: { done?: (exitCode: number) => void; format?: LogFormat } = {},
): Command {
  const program = new Command('flowmeta')
    .description("Brings an orchestrator's pipelines, runs and lineage into OpenMetadata.")
    .version(version(), '-v, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr(text) {
        const shown = redactText(withoutUnknownValue(text));
        host.stderr.write(format === 'json' ? usageLine(host, shown) : shown);
      },
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .addHelpText(
      'after',
      examples(['flowmeta demo', 'flowmeta check -c kestra.yaml', 'flowmeta ingest -c kestra.yaml']),
    );

  const terminal = async () => (await import('./terminal/terminal.js')).createTerminal(host, { format });
  for (const add of [
    ingest,
    watch,
    plan,
    backfill,
    lineage,
    health,
    validate,
    schema,
    check,
    connectors,
    demo,
    report,
    shards,
  ])
    add(program, { host, terminal, done });
  pointToHelp(program, 'flowmeta');
  return program;
}

/** After an error, each command names the help that is its own. */
function pointToHelp(command: Command, path: string): void {
  command.showHelpAfterError(`Run \`${path} --help\` for what there is.`);
  for (const inner of command.commands) pointToHelp(inner, `${path} ${inner.name()}`);
}

/** An option that is not known is repeated, such as `--webhook=…`; what was given for it may be a secret. */
function withoutUnknownValue(text: string): string {
  return text.replace(/(unknown option '-[\w-]*)=.*'/s, "$1'");
}

function usageLine(host: Host, text: string): string {
  const message = text.trim();
  if (message === '') return '';
  return `${JSON.stringify({ time: new Date(host.now()).toISOString(), level: 'error', message })}\n`;
}
