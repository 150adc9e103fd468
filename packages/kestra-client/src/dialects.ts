import type { Dialect } from './types.js';

const first: Dialect = {
  from: '0.17',
  verified: true,
  tenantInPath: false,
  filters: 'legacy',
  implicitWindowDays: 0,
  namespacePrefixOperator: 'STARTS_WITH',
  searchHasTaskRuns: true,
  outputsEndpoint: false,
  latestExecutions: false,
  namespacesEndpoint: false,
  pluginsInTenant: false,
};

/** What changes with each row against the one before. A row is verified only for the minor version that was recorded. */
const changes: (Pick<Dialect, 'from' | 'verified'> & Partial<Dialect>)[] = [
  { from: '0.18', verified: false, namespacesEndpoint: true },
  { from: '0.20', verified: true },
  { from: '0.21', verified: false },
  { from: '0.22', verified: false, filters: 'filters' },
  {
    from: '0.23',
    verified: false,
    tenantInPath: true,
    implicitWindowDays: 8,
    namespacePrefixOperator: 'PREFIX',
    pluginsInTenant: true,
  },
  { from: '0.24', verified: false, pluginsInTenant: false, latestExecutions: true },
  { from: '1.0', verified: true },
  { from: '1.1', verified: false },
  { from: '2.0', verified: true, searchHasTaskRuns: false, outputsEndpoint: true },
];

function everyRow(): Dialect[] {
  const rows = [first];
  for (const change of changes) rows.push({ ...rows[rows.length - 1]!, ...change });
  return rows;
}

/** Every API dialect this client speaks, the oldest first. A new Kestra version that differs is a new row. */
export const dialects: readonly Dialect[] = everyRow();

const numberOf = (version: string): number | undefined => {
  const match = /^v?(\d+)\.(\d+)(?!\d)/.exec(version.trim());
  return match === null ? undefined : Number(match[1]) * 1000 + Number(match[2]);
};

/**
 * The dialect of a version such as `1.0.3` or `2.0.0-SNAPSHOT`; `undefined` for one that is no number, e.g. `develop`.
 * A version beyond the table gets the nearest row and a warning.
 */
export function dialectFor(version: string): { dialect: Dialect; warning?: string } | undefined {
  const wanted = numberOf(version);
  if (wanted === undefined) return undefined;
  const dialect = dialects.findLast((row) => numberOf(row.from)! <= wanted);
  if (dialect === undefined) {
    return {
      dialect: first,
      warning: `Kestra ${version} is older than ${first.from}, the oldest version that is known`,
    };
  }
  const newest = dialects[dialects.length - 1]!;
  if (wanted > numberOf(newest.from)!) {
    return { dialect, warning: `Kestra ${version} is newer than ${newest.from}, the newest version that is known` };
  }
  return { dialect };
}
