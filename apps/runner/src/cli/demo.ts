import type { Command } from 'commander';
import type { DemoFlags } from '../commands/demo.js';
import type { CommandContext } from './context.js';
import { examples } from './options.js';

export function demo(program: Command, { done, host, terminal }: CommandContext): void {
  program
    .command('demo')
    .description('Show a run between two stand-in servers on this machine; needs nothing else.')
    .option('--report <file>', 'where the report goes: .json, .html or .md')
    .option('--keep', 'leave the servers running until Ctrl-C')
    .addHelpText('after', examples(['flowmeta demo --report demo.html']))
    .action(async (flags: DemoFlags) => {
      done(await (await import('../commands/demo.js')).demoCommand(flags, host, await terminal()));
    });
}
