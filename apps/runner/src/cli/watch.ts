import { type Command, InvalidArgumentError } from 'commander';
import type { WatchFlags } from '../commands/watch.js';
import { intervalRule, isInterval } from '../config/interval.js';
import type { CommandContext } from './context.js';
import { configOption, examples, logFormatOption, logLevelOption, namespaceOption, sourceOption } from './options.js';

export function watch(program: Command, { done, host, terminal }: CommandContext): void {
  program
    .command('watch')
    .description(
      'Keep OpenMetadata up to date: read what is new at the source again and again, until a signal ends it.',
    )
    .addOption(configOption())
    .addOption(sourceOption())
    .option('--interval <duration>', 'how long to wait between two cycles; default 30s', parseInterval)
    .option('--listen <address>', 'where /healthz, /readyz and /metrics are', '127.0.0.1:9464')
    .option('--no-listen', 'listen nowhere')
    .addOption(namespaceOption())
    .option('--audit-log <file>', 'append a line of JSON for each write to OpenMetadata')
    .addOption(logLevelOption())
    .addOption(logFormatOption())
    .addHelpText(
      'after',
      `${examples([
        'flowmeta watch -c kestra.yaml',
        'flowmeta watch -c kestra.yaml --interval 10s --listen 0.0.0.0:9464 --log-format json',
      ])}
SIGHUP reads the config again; one that is broken is told of and not used.

Exit codes:
  2    the command line or the config is wrong
  130  interrupted (143 by SIGTERM); the next one goes on
`,
    )
    .action(async (flags: WatchFlags) => {
      done(await (await import('../commands/watch.js')).watchCommand(flags, host, await terminal()));
    });
}

function parseInterval(text: string): string {
  if (!isInterval(text)) throw new InvalidArgumentError(`It ${intervalRule}.`);
  return text;
}
