import { resolve } from 'node:path';
import type { Shard } from '@flowmeta/connector';
import type { RunMemory } from '@flowmeta/ingestion';
import { type Memory, openMemory, type ProcessMemory, readBackfilled, StateError } from '@flowmeta/state';
import type { LoadedConfig } from '../config/load-config.js';
import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { version } from '../version.js';
import { durationOf } from './since.js';

const longestGap = 7 * 86_400_000;

export interface RunMemoryOptions {
  host: Host;
  terminal: Terminal;
  /** Takes secrets out of a text. */
  redact: (text: string) => string;
  namespaces?: readonly string[] | undefined;
  /** Has a file of its own, so that no shard waits for another. */
  shard?: Shard | undefined;
  full?: boolean;
  /** The window was asked for. */
  exact?: boolean;
  /** The file where the config names none. */
  fallback?: string;
  /** Where several runs follow each other in this process. */
  series?: SeriesMemory | undefined;
}

/** What a process remembers from one run to the next. */
export interface SeriesMemory {
  /** Where the config keeps no state. */
  memory: ProcessMemory;
  /** See `RunMemory`. */
  settled: Map<string, string>;
}

/** Another run has the state. */
export class StateTakenError extends UsageError {}

/**
 * What the runs before have left, by the config's `state`; `undefined` where nothing is kept. Locked until it is closed.
 *
 * @throws StateTakenError when another run has it, UsageError when it can't be used.
 */
export async function openRunMemory(
  config: LoadedConfig,
  { host, terminal, redact, namespaces = [], shard, full = false, exact = false, fallback, series }: RunMemoryOptions,
): Promise<(RunMemory & Memory) | undefined> {
  const { state } = config.workflow.workflowConfig;
  const scope = redact(scopeOf(config, namespaces));
  const whole = stateFileOf(config, { host, fallback });
  const path = whole !== undefined && shard ? `${whole}.${shard.index}-of-${shard.count}` : whole;
  try {
    const memory =
      path === undefined
        ? series?.memory.open(scope)
        : await openMemory({ path, scope, now: host.now, warn: (message) => terminal.log('WARN', message) });
    if (!memory) return undefined;
    return {
      ...memory,
      config: memory.digest(deciding(config)),
      overlap: durationOf(state?.overlap ?? '10m'),
      fullEvery: durationOf(state?.fullEvery ?? '24h'),
      longestGap,
      full: full || exact,
      exact,
      ...(series ? { settled: series.settled } : {}),
    };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    const { message, hint } = error;
    throw error.isTaken ? new StateTakenError(message, hint) : new UsageError(message, hint);
  }
}

/** What backfills before have left; looks only, so that it needs no lock. */
export async function readBackfills(
  config: LoadedConfig,
  {
    host,
    redact,
    namespaces = [],
    fallback,
  }: Pick<RunMemoryOptions, 'host' | 'redact' | 'namespaces'> & { fallback: string },
): Promise<Pick<RunMemory, 'config'> & Pick<Memory, 'backfilled'>> {
  const path = stateFileOf(config, { host, fallback }) ?? fallback;
  const { backfilled, digest } = await readBackfilled({ path, scope: redact(scopeOf(config, namespaces)) });
  return { backfilled, config: digest(deciding(config)) };
}

function stateFileOf(
  { workflow }: LoadedConfig,
  { host, fallback }: { host: Host; fallback: string | undefined },
): string | undefined {
  const { state } = workflow.workflowConfig;
  if (workflow.sink?.type === 'file') return undefined;
  return state?.path && state.type !== 'none' ? resolve(host.directory, state.path) : fallback;
}

/** Which service is filled, from where, and in which catalog. */
function scopeOf({ workflow, connectorConfig }: LoadedConfig, namespaces: readonly string[]): string {
  const { hostPort, tenantId } = connectorConfig as { hostPort?: unknown; tenantId?: unknown };
  const { serviceName } = workflow.source;
  const target = workflow.workflowConfig.openMetadataServerConfig?.hostPort;
  return JSON.stringify({ serviceName, source: [hostPort, tenantId], target, namespaces: [...namespaces].sort() });
}

/** All of the config that decides what is read and written, without secrets: a new password is no reason to read everything. */
function deciding({ workflow, secrets }: LoadedConfig): string {
  const hidden = new Set(secrets);
  const withoutSecrets = (_key: string, value: unknown) =>
    typeof value === 'string' && hidden.has(value) ? undefined : value;
  return JSON.stringify([version(), workflow.source, workflow.rules ?? []], withoutSecrets);
}
