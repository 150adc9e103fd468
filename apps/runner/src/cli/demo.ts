import { type Command, Option } from 'commander';
import type { DemoFlags } from '../commands/demo.js';
import type { CommandContext } from './context.js';
import { examples } from './options.js';

export function demo(program: Command, { done, host, terminal }: CommandContext): void {
  program
    .command('demo')
    .description(
      'Bring stand-ins for Kestra and Airflow into one for OpenMetadata, on this machine; needs nothing else.',
    )
    .option('--report <file>', 'where the report goes: .json, .html or .md; default a temporary folder')
    .addOption(
      new Option('--json', 'print the report of the first run as JSON instead of the summary').conflicts('keep'),
    )
    .option('--keep', 'leave the servers running until Ctrl-C')
    .addHelpText('after', examples(['flowmeta demo', 'flowmeta demo --report demo.html', 'flowmeta demo --keep']))
    .action(async (flags: DemoFlags) => {
      done(await (await import('../commands/demo.js')).demoCommand(flags, host, await terminal()));
    });
}
