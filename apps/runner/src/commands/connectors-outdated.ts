import { specVersion } from '@flowmeta/connector';
import { redactText } from '@flowmeta/redact';
import type { ConnectorSummary } from '@flowmeta/registry';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { listenForInterruption } from '../run/interruption.js';
import { type NpmAnswer, viewPackage } from '../run/npm-view.js';
import { colorsFor } from '../terminal/colors.js';
import { plain } from '../terminal/plain.js';
import { type ConnectorsContext, type ConnectorsFlags, orUsageError, registryOf } from './connectors.js';

interface Outdated {
  package: string;
  installed: string;
  latest?: string;
  /** Whether the latest version fits this version of flowmeta; absent where its package.json does not say. */
  compatible?: boolean;
  problem?: string;
}

/** Compares the installed packages of connectors with what npm has. */
export async function connectorsOutdatedCommand(
  flags: ConnectorsFlags,
  { host, terminal }: ConnectorsContext,
): Promise<number> {
  const known = await orUsageError(registryOf(flags, host).list());
  const packages = known.filter(
    (connector): connector is ConnectorSummary & { package: string } => connector.package !== undefined,
  );
  const interruption = listenForInterruption(host, terminal, 'the look-up');
  const rows: Outdated[] = [];
  let silence: string | undefined;
  try {
    for (const { package: name, version = '' } of packages) {
      const answer = await viewPackage(name, { host, signal: interruption.signal });
      if (interruption.exitCode() !== undefined) break;
      if (answer.kind === 'silent') {
        // The others are on the same registry, or as far away.
        silence = redactText(answer.reason);
        break;
      }
      rows.push({ package: name, installed: version, ...seen(answer) });
    }
  } finally {
    interruption.stop();
  }
  if (flags.json) terminal.printData(`${JSON.stringify(rows, null, 2)}\n`);
  else terminal.print(textOf(rows, { host, hasPackages: packages.length > 0 }));
  if (silence !== undefined) {
    terminal.error({
      what: 'npm could not say which versions there are',
      why: plain(silence),
      todo: 'Check that npm is installed, and the registry and proxy of your npm configuration.',
    });
  }
  const interrupted = interruption.exitCode();
  if (interrupted !== undefined) return interrupted;
  if (silence !== undefined) return exitCodes.unreachable;
  return rows.some(({ problem }) => problem !== undefined) ? exitCodes.partial : exitCodes.done;
}

function seen(answer: Exclude<NpmAnswer, { kind: 'silent' }>): Partial<Outdated> {
  if (answer.kind === 'unknown') return { problem: 'npm knows no such package' };
  const { version, specVersion: built } = answer;
  return { latest: version, ...(built === undefined ? {} : { compatible: built === specVersion }) };
}

function textOf(rows: Outdated[], { host, hasPackages }: { host: Host; hasPackages: boolean }): string {
  if (!hasPackages) return 'no packages of connectors are installed here\n';
  const colors = colorsFor(host.stdout, host);
  return rows
    .map(({ package: name, installed, latest, compatible, problem }) => {
      const fits = compatible === undefined ? 'interface not told' : compatible ? 'fits' : 'does not fit this flowmeta';
      const state =
        problem ?? (latest === installed ? 'is the latest' : `latest ${plain(latest ?? '')}, which ${fits}`);
      return `${colors.bold(plain(name))}  ${plain(installed)}  ${state.replace('which interface', 'interface')}\n`;
    })
    .join('');
}
