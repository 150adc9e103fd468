import type { Command } from 'commander';
import type { ReportMergeFlags } from '../commands/report-merge.js';
import type { CommandContext } from './context.js';
import { examples } from './options.js';

export function report(program: Command, { done, host, terminal }: CommandContext): void {
  const report = program.command('report').description('Work with run reports.');
  report
    .command('merge')
    .description('Make one report of those of several runs: of shards, tenants, services.')
    .argument('<reports...>', 'JSON files that `ingest --report` has written')
    .option('-o, --output <file>', 'write it to a file: .json, .html or .md; without, show a summary')
    .addHelpText(
      'after',
      examples(['flowmeta report merge shard-*.json', 'flowmeta report merge a.json b.json -o all.html']),
    )
    .action(async (files: string[], flags: ReportMergeFlags) => {
      const { reportMergeCommand } = await import('../commands/report-merge.js');
      done(await reportMergeCommand(files, flags, { host, terminal: await terminal() }));
    });
}
