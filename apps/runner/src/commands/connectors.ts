import { hintOf } from '@flowmeta/connector';
import type { ConnectorSummary, Registry } from '@flowmeta/registry';
import { connectorRegistry } from '../config/connectors.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { colorsFor } from '../terminal/colors.js';
import { plain } from '../terminal/plain.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { abilities } from './connector-text.js';

export interface ConnectorsFlags {
  path?: string[];
  json?: boolean;
  /** Absent: all of them. */
  query?: string;
}

export interface ConnectorsContext {
  host: Host;
  terminal: Terminal;
}

/** Lists connectors. */
export async function connectorsCommand(
  flags: ConnectorsFlags,
  { host, terminal }: ConnectorsContext,
): Promise<number> {
  const registry = registryOf(flags, host);
  const found = await orUsageError(flags.query === undefined ? registry.list() : registry.search(flags.query));
  if (flags.json) terminal.printData(`${JSON.stringify(found, null, 2)}\n`);
  else if (found.length === 0) terminal.print(`no connector has all of: ${plain(flags.query ?? '')}\n`);
  else {
    const colors = colorsFor(host.stdout, host);
    const width = Math.max(...found.map((connector) => nameOf(connector).length));
    for (const connector of found) {
      const { description } = connector;
      terminal.print(`${colors.bold(nameOf(connector).padEnd(width))}  ${stateOf(connector)}\n`);
      if (description) terminal.print(`${' '.repeat(width)}  ${colors.dim(plain(description))}\n`);
    }
  }
  return exitCodes.done;
}

/** The registry of the working directory and of the paths that are named. */
export function registryOf({ path = [] }: ConnectorsFlags, { directory }: Host): Registry {
  return connectorRegistry({ directory, paths: path });
}

/** What a registry refuses comes from the command line. */
export async function orUsageError<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw new UsageError((error as Error).message, hintOf(error));
  }
}

const nameOf = ({ name, package: from }: ConnectorSummary): string => plain(name ?? from ?? '');

function stateOf(connector: ConnectorSummary): string {
  const { name, version, specVersion, compatible, capabilities, package: from } = connector;
  const origin =
    from === undefined ? `built in ${version}` : [name === undefined ? '' : from, version].join(' ').trim();
  const fits = specVersion === undefined ? 'interface not told' : `interface ${specVersion}`;
  return [
    plain(origin),
    compatible === false ? `${fits}, which does not fit` : fits,
    ...(capabilities ? [abilities(capabilities)] : []),
  ].join(' · ');
}
