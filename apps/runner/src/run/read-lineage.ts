import { createLineageGraph, type LineageGraph, type Pipeline, type Run } from '@flowmeta/connector';
import type { Redactor } from '@flowmeta/redact';
import type { LoadedConfig } from '../config/load-config.js';
import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { openSource } from './open-source.js';
import { createReadLog } from './read-log.js';
import { createReadProgress } from './read-progress.js';
import { logged } from './request-counter.js';
import { sinceOf } from './since.js';

export interface ReadLineageOptions {
  host: Host;
  terminal: Terminal;
  redactor: Redactor;
  signal: AbortSignal;
  showProgress: boolean;
  /** Answers the pipelines and runs as well, which takes memory for each. */
  keepAll: boolean;
  /** ms; default by `statusLookbackDays`. */
  since?: number;
  namespaces?: string[];
}

/** What a source says about lineage, without secrets. */
export interface ReadLineage {
  graph: LineageGraph;
  pipelines: Pipeline[];
  runs: Run[];
  /** Items that could not be read; each has been logged. */
  skipped: number;
}

/** Reads pipelines, runs and lineage of the config's source. Rejects with the error that ended the read. */
export async function readLineage(config: LoadedConfig, options: ReadLineageOptions): Promise<ReadLineage> {
  const { host, terminal, redactor, signal } = options;
  const connector = await openSource(config, {
    host,
    terminal,
    onRequest: logged(config.connector.title, () => undefined, terminal),
  });
  try {
    if (!connector.capabilities.lineage) throw new UsageError(`${config.connector.title} tells no lineage`);
    const startedAt = host.now();
    const builder = createLineageGraph();
    const read: Omit<ReadLineage, 'graph'> = { pipelines: [], runs: [], skipped: 0 };
    const log = createReadLog(terminal);
    const count = { pipelines: 0, runs: 0, edges: 0 };
    const progress = createReadProgress(options, () => [
      `${count.pipelines} pipelines`,
      `${count.runs} runs`,
      `${count.edges} edges`,
    ]);
    const events = connector.read({
      since: options.since ?? sinceOf(config, startedAt),
      until: startedAt,
      signal,
      ...(options.namespaces?.length ? { namespaces: options.namespaces } : {}),
    });
    for await (const event of events) {
      switch (event.kind) {
        case 'pipeline': {
          count.pipelines += 1;
          const pipeline = redactor.value(event.pipeline);
          builder.pipeline(pipeline);
          if (options.keepAll) read.pipelines.push(pipeline);
          break;
        }
        case 'run':
          count.runs += 1;
          if (options.keepAll) read.runs.push(redactor.value(event.run));
          break;
        case 'lineage':
          count.edges += 1;
          builder.edge(redactor.value(event.edge));
          break;
        case 'unresolved':
          builder.gap(redactor.value(event.gap));
          break;
        case 'skipped':
          read.skipped += 1;
          log.skipped(event);
          break;
        case 'warning':
          log.warning(event);
          break;
        default:
          break;
      }
      progress();
    }
    signal.throwIfAborted();
    return { graph: builder.graph(), ...read };
  } finally {
    terminal.live(undefined);
    await connector.close();
  }
}
