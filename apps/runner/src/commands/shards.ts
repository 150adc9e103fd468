import { type IngestionPhase, shardedPhases } from '@flowmeta/ingestion';
import { type LoadedConfig, loadConfigs } from '../config/load-config.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';

export interface ShardsFlags {
  config: string;
  source?: string;
  count: number;
  namespace?: string[];
}

/** Arguments of `flowmeta`, and the report that the process leaves. */
interface Process {
  args: string[];
  report: string;
}

/** Prints the processes of a run that is shared out. Those of one step may run side by side; a step begins when the one before has ended. */
export async function shardsCommand(flags: ShardsFlags, host: Host, terminal: Terminal): Promise<number> {
  const { environment, directory } = host;
  const [config] = (await loadConfigs(flags.config, { environment, directory, source: flags.source })) as [
    LoadedConfig,
  ];
  for (const warning of config.warnings) terminal.log('WARN', warning);
  if (config.workflow.sink?.type === 'file') {
    throw new UsageError('shards need OpenMetadata', 'The last steps look there for what the shards have written.');
  }
  const ingest = (phases: readonly IngestionPhase[], { name, shard }: { name: string; shard?: string }): Process => {
    const report = `${name}.json`;
    const args = ['ingest', '-c', flags.config, '--phase', phases.join(',')];
    if (flags.source !== undefined) args.push('--source', flags.source);
    if (shard !== undefined) args.push('--shard', shard);
    if (flags.namespace) args.push('--namespace', ...flags.namespace);
    return { args: [...args, '--report', report, '--no-progress'], report };
  };
  const { count } = flags;
  const shards = Array.from({ length: count }, (_, index) =>
    ingest(shardedPhases, { name: `shard-${index}-of-${count}`, shard: `${index}/${count}` }),
  );
  const steps = [
    { name: 'shards', processes: shards },
    { name: 'lineage', processes: [ingest(['lineage'], { name: 'lineage' })] },
    { name: 'reconcile', processes: [ingest(['reconcile'], { name: 'reconcile' })] },
  ];
  const reports = steps.flatMap(({ processes }) => processes.map(({ report }) => report));
  const report = 'report.json';
  const merge = { name: 'report', processes: [{ args: ['report', 'merge', ...reports, '-o', report], report }] };
  terminal.printData(`${JSON.stringify({ formatVersion: 1, count, steps: [...steps, merge] }, null, 2)}\n`);
  return exitCodes.done;
}
