import { resolve } from 'node:path';
import type { LineageGraph } from '@flowmeta/connector';
import { eventsOf, type OpenLineageEvent } from '@flowmeta/openlineage';
import { focusLineage } from '@flowmeta/report';
import type { LoadedConfig } from '../config/load-config.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { listenForInterruption } from '../run/interruption.js';
import { describeSource } from '../run/open-source.js';
import { type PostEventsOptions, parseEventServer, postEvents, postingHint } from '../run/post-events.js';
import { type ReadLineage, readLineage } from '../run/read-lineage.js';
import { parseSince } from '../run/since.js';
import type { LogLevel } from '../terminal/log-levels.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { lineageFormat, renderLineage } from './lineage-format.js';
import { loadSource } from './load-source.js';
import { checkDirectory, writeWhole } from './report-files.js';

export type LineageFormat = 'table' | 'json' | 'mermaid' | 'dot' | 'html' | 'openlineage';

export interface LineageFlags {
  config: string;
  source?: string;
  format?: LineageFormat;
  json?: boolean;
  flow?: string[];
  table?: string[];
  upstream?: number;
  downstream?: number;
  output?: string;
  postTo?: string;
  namespace?: string[];
  since?: string;
  logLevel?: LogLevel;
  progress: boolean;
}

/** Reads the source and shows its lineage; OpenMetadata is not asked. */
export async function lineageCommand(flags: LineageFlags, host: Host, terminal: Terminal): Promise<number> {
  const { environment, directory } = host;
  const format = lineageFormat(flags);
  const server = flags.postTo === undefined ? undefined : parseEventServer(flags.postTo);
  const since = flags.since === undefined ? undefined : parseSince(flags.since, host.now());
  if ((flags.upstream ?? flags.downstream) !== undefined && !flags.flow && !flags.table) {
    throw new UsageError('--upstream and --downstream count from something', 'Add --flow or --table.');
  }
  const file = flags.output === undefined ? undefined : resolve(directory, flags.output);
  if (file !== undefined) await checkDirectory(`--output ${flags.output}`, file);
  const apiKey = environment.OPENLINEAGE_API_KEY || undefined;
  const { config, redactor } = await loadSource(flags, {
    host,
    terminal,
    secrets: apiKey === undefined ? [] : [apiKey],
  });

  const interruption = listenForInterruption(host, terminal, 'the read');
  try {
    const { signal } = interruption;
    const read = await readLineage(config, {
      host,
      terminal,
      redactor,
      signal,
      showProgress: flags.progress,
      keepAll: format === 'openlineage',
      ...(since === undefined ? {} : { since }),
      ...(flags.namespace ? { namespaces: flags.namespace } : {}),
    });
    const graph = focused(read.graph, flags);
    const events = format === 'openlineage' ? eventsOfRead(read, { graph, config, flags, host }) : [];
    if (server === undefined || file !== undefined) {
      const output = flags.output === undefined ? {} : { output: flags.output };
      const text =
        format === 'openlineage'
          ? `${JSON.stringify(events, null, 2)}\n`
          : renderLineage(graph, { format, host, source: redactor.text(describeSource(config)), ...output });
      if (file === undefined) terminal.printData(text);
      else await writeWhole(file, text);
      if (file !== undefined) terminal.log('INFO', `${flags.output}: ${describe(graph)}`);
      else if ((format === 'mermaid' || format === 'dot') && graph.gaps.length > 0)
        terminal.log('INFO', `${describeGaps(graph)}; --format table lists them`);
    }
    const posting =
      server === undefined
        ? exitCodes.done
        : await post(events, { server, host, terminal, signal, ...(apiKey ? { apiKey } : {}) });
    return posting === exitCodes.done && read.skipped > 0 ? exitCodes.partial : posting;
  } catch (error) {
    const interrupted = interruption.exitCode();
    if (interrupted !== undefined) return interrupted;
    throw error;
  } finally {
    interruption.stop();
  }
}

/** Posts the events and says how that went; answers the exit code. */
async function post(events: OpenLineageEvent[], options: PostEventsOptions): Promise<number> {
  const { terminal, signal } = options;
  try {
    const { taken, refused } = await postEvents(events, options);
    terminal.print(`${taken} events posted${refused > 0 ? `, ${refused} refused` : ''}\n`);
    return refused > 0 ? exitCodes.partial : exitCodes.done;
  } catch (error) {
    if (signal.aborted) throw error;
    terminal.error({ what: error instanceof Error ? error.message : `${error}`, todo: postingHint(error) });
    return exitCodes.unreachable;
  }
}

/** The part of the graph that the options name. */
function focused(graph: LineageGraph, { flow, table, upstream, downstream }: LineageFlags): LineageGraph {
  const focus = focusLineage(graph, {
    ...(flow ? { pipelines: flow } : {}),
    ...(table ? { tables: table } : {}),
    ...(upstream === undefined ? {} : { upstream }),
    ...(downstream === undefined ? {} : { downstream }),
  });
  if (focus.found) return focus.graph;
  const names = focus.unknown.map(({ kind, name }) => `--${kind === 'pipeline' ? 'flow' : 'table'} ${name}`);
  const candidates = [...new Set(focus.unknown.flatMap(({ candidates }) => candidates))];
  throw new UsageError(
    `${names.join(', ')}: the lineage knows no such name`,
    candidates.length > 0
      ? `Did you mean ${candidates.join(', ')}?`
      : 'Run `flowmeta lineage` without it to see all names, or take more in with --since.',
  );
}

/**
 * OpenLineage events of what was read; where the options choose, of the pipelines in `graph`, each with all of its lineage:
 * an event takes the place of what its receiver knew of the job.
 */
function eventsOfRead(
  { graph: whole, pipelines, runs }: Pick<ReadLineage, 'graph' | 'pipelines' | 'runs'>,
  { graph, config, flags, host }: { graph: LineageGraph; config: LoadedConfig; flags: LineageFlags; host: Host },
): OpenLineageEvent[] {
  const chosen = new Set([
    ...graph.nodes.flatMap(({ reference }) => (reference.kind === 'pipeline' ? [reference.name] : [])),
    ...graph.edges.flatMap(({ pipeline }) => pipeline ?? []),
  ]);
  const isChosen = (name: string): boolean => (!flags.flow && !flags.table) || chosen.has(name);
  return eventsOf(whole, {
    pipelines: pipelines.filter(({ name }) => isChosen(name)),
    runs: runs.filter(({ pipeline }) => isChosen(pipeline)),
    namespace: config.workflow.source.serviceName,
    connector: config.connector.name,
    eventTime: host.now(),
  });
}

function describe(graph: LineageGraph): string {
  const { nodes, edges, gaps } = graph;
  const known = `${edges.length} edges between ${nodes.length} pipelines and datasets`;
  return gaps.length > 0 ? `${known}; ${describeGaps(graph)}` : known;
}

function describeGaps({ gaps }: LineageGraph): string {
  return gaps.length === 1 ? '1 thing could not be found out' : `${gaps.length} things could not be found out`;
}
