import type { Dataset } from '@flowmeta/connector';

/**
 * Whether two sources of one task may mean the same dataset: what a run has named often lacks the server, or a part of the name, that the
 * definition has.
 */
export function isSameDataset(one: Dataset, other: Dataset): boolean {
  if (one.kind !== other.kind || one.platform !== other.platform) return false;
  if (one.kind === 'container') {
    return other.kind === 'container' && one.bucket === other.bucket && one.path === other.path;
  }
  if (one.kind !== 'table' || other.kind !== 'table') return 'name' in other && one.name === other.name;
  return (
    one.name.toLowerCase() === other.name.toLowerCase() &&
    agree(one.schema, other.schema) &&
    agree(one.database, other.database)
  );
}

const agree = (one: string | undefined, other: string | undefined): boolean =>
  one === undefined || other === undefined || one.toLowerCase() === other.toLowerCase();
