import { type Command, Option } from 'commander';
import type { ShardsFlags } from '../commands/shards.js';
import type { CommandContext } from './context.js';
import { configOption, examples, namespaceOption, parseCount, sourceOption } from './options.js';

export function shards(program: Command, { done, host, terminal }: CommandContext): void {
  program
    .command('shards')
    .description('Print as JSON which processes share out a run, one step after the other; touches no server.')
    .addOption(configOption())
    .addOption(sourceOption())
    .addOption(new Option('--count <number>', 'how many shards').argParser(parseCount).default(8))
    .addOption(namespaceOption())
    .addHelpText('after', examples(['flowmeta shards -c kestra.yaml', 'flowmeta shards -c kestra.yaml --count 4']))
    .action(async (flags: ShardsFlags) => {
      done(await (await import('../commands/shards.js')).shardsCommand(flags, host, await terminal()));
    });
}
