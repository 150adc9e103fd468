import { VerdictError } from '@flowmeta/connector';
import type { Capabilities } from './types.js';

type Row = Omit<Capabilities, 'version'>;

const base: Row = {
  verified: false,
  owners: 'owner',
  domains: 'domain',
  sourceHash: false,
  pipelineState: false,
  skippedStatus: false,
  statusDetails: false,
  bulkStatus: false,
  ingestionRunSteps: false,
  maxNameLength: 128,
  tagNames: 'word',
  strictNames: false,
};

/** What each minor version changed; a row inherits from the one before it. */
const changes: readonly [version: string, change: Partial<Row>][] = [
  // The recorded 1.2 refuses `sourceHash`, which came with 1.2.3 (OM fact 22).
  ['1.2', {}],
  ['1.3', { sourceHash: true, skippedStatus: true, ingestionRunSteps: true, maxNameLength: 256 }],
  ['1.4', { tagNames: 'entity' }],
  ['1.5', { owners: 'owners' }],
  ['1.6', {}],
  ['1.7', { pipelineState: true }],
  ['1.8', {}],
  ['1.9', { domains: 'domains' }],
  ['1.10', { statusDetails: true }],
  ['1.11', {}],
  ['1.12', { bulkStatus: true }],
  ['1.13', {}],
  ['2.0', { strictNames: true }],
];

const recordedVersions = new Set(['1.2', '1.6']);

function buildTable(): Capabilities[] {
  let row = base;
  return changes.map(([version, change]) => {
    row = { ...row, ...change };
    return { ...row, version, verified: recordedVersions.has(version) };
  });
}

const table = buildTable();
const oldest = table[0]!;

/** The minor versions of OpenMetadata that have a row of their own, oldest first. */
export const knownVersions: readonly string[] = table.map((row) => row.version);

interface Version {
  major: number;
  minor: number;
  patch: number;
}

function parseVersion(version: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version.trim());
  if (match === null) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3] ?? 0) };
}

const isAtLeast = (version: Version, major: number, minor: number): boolean =>
  version.major > major || (version.major === major && version.minor >= minor);

/** Nothing can be written to a server of this version. */
class UnsupportedServer extends VerdictError {
  readonly kind = 'unsupported';
}

/**
 * The row for a server's version as `/v1/system/version` tells it, e.g. `1.6.0-SNAPSHOT` or `1.12.4`.
 *
 * A version without a row of its own gets the newest row below it, with a warning and `verified: false`. A version
 * before 1.2, or a text that is no version, is an error with the verdict `fatal`.
 */
export function capabilitiesFor(version: string): { capabilities: Capabilities; warning?: string } {
  const parsed = parseVersion(version);
  if (parsed === undefined) {
    throw new UnsupportedServer(`"${version.slice(0, 60)}" is not a version of OpenMetadata`, {
      verdict: 'fatal',
      hint: 'Check that hostPort points at an OpenMetadata server.',
    });
  }
  const row = table.findLast(({ version: known }) => {
    const [major, minor] = known.split('.').map(Number);
    return isAtLeast(parsed, major!, minor!);
  });
  if (row === undefined) {
    throw new UnsupportedServer(`OpenMetadata ${version} is too old: ${oldest.version} is the oldest that works`, {
      verdict: 'fatal',
      hint: `Upgrade OpenMetadata to ${oldest.version} or newer.`,
    });
  }
  if (row.version === `${parsed.major}.${parsed.minor}`) {
    // The bulk endpoint was brought to 1.11 in its ninth patch.
    const bulkStatus = row.bulkStatus || (row.version === '1.11' && parsed.patch >= 9);
    return { capabilities: { ...row, bulkStatus } };
  }
  return {
    capabilities: { ...row, verified: false },
    warning: `OpenMetadata ${version} is not known yet; it is treated like ${row.version}`,
  };
}
