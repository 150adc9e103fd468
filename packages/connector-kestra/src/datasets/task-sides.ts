import { type Dataset, datasetKey } from '@flowmeta/connector';
import type { SqlIo } from './sql-io.js';
import type { TaskRow } from './task-catalogue.js';
import type { DatasetUse, DirectMove } from './types.js';

/** Who names the datasets of one direction. */
type Source = 'declared' | 'properties' | 'sql';
/** The datasets that a task reads, or those that it writes. */
export interface Side {
  uses: DatasetUse[];
  source: Source;
  /** The use of this side that stands for a dataset, however another source spells it. */
  find(dataset: Dataset): DatasetUse | undefined;
}

/** The most trusted source that says anything decides. */
export function chosenSide(declared: DatasetUse[], properties: DatasetUse[], sql: DatasetUse[] | undefined): Side {
  const [source, uses]: [Source, DatasetUse[]] =
    declared.length > 0
      ? ['declared', declared]
      : properties.length > 0
        ? ['properties', properties]
        : ['sql', sql ?? []];
  const exact = new Map(uses.map((use) => [datasetKey(use.dataset), use]));
  const byName = new Map<string, DatasetUse[]>();
  for (const use of uses) {
    const name = nameOf(use.dataset);
    const list = byName.get(name);
    if (list === undefined) byName.set(name, [use]);
    else list.push(use);
  }
  return {
    uses,
    source,
    find(dataset) {
      const same = exact.get(datasetKey(dataset));
      if (same !== undefined || source === 'sql') return same;
      const similar = (byName.get(nameOf(dataset)) ?? []).filter((use) => isLike(use.dataset, dataset));
      return similar.length === 1 ? similar[0] : undefined;
    },
  };
}

const nameOf = (dataset: Dataset): string =>
  (dataset.kind === 'container' ? `${dataset.bucket}/${dataset.path}` : dataset.name).toLowerCase();

/** Two names of one table, one of which may be shorter. */
function isLike(one: Dataset, other: Dataset): boolean {
  if (one.kind !== other.kind) return false;
  if (one.kind !== 'table' || other.kind !== 'table') return true;
  const agree = (a: string | undefined, b: string | undefined) =>
    a === undefined || b === undefined || a.toLowerCase() === b.toLowerCase();
  return agree(one.schema, other.schema) && agree(one.database, other.database);
}

const mostMoves = 10_000;

/** What a task moves by itself: pairs of datasets that both directions have, each once, never more than a statement or a property says. */
export function movesOf({
  row,
  declared,
  sql,
  sides,
}: {
  row: TaskRow | undefined;
  declared: readonly DirectMove[];
  sql: SqlIo | undefined;
  sides: { reads: Side; writes: Side };
}): DirectMove[] {
  const moves = new Map<string, DirectMove>();
  const add = (move: DirectMove): void => {
    const [from, to] = [sides.reads.find(move.from.dataset), sides.writes.find(move.to.dataset)];
    if (from === undefined || to === undefined) return;
    const ends = [datasetKey(from.dataset), datasetKey(to.dataset)] as const;
    if (ends[0] === ends[1]) return;
    const key = ends.join(' ');
    const known = moves.get(key);
    if (known === undefined && moves.size >= mostMoves) return;
    const merged: DirectMove = { ...known, from, to };
    if (merged.sql === undefined && move.sql !== undefined) merged.sql = move.sql;
    if (merged.columns === undefined && move.columns !== undefined) merged.columns = move.columns;
    moves.set(key, merged);
  };
  const pairs = (
    from: readonly DatasetUse[],
    to: readonly DatasetUse[],
    more?: (use: DatasetUse) => Partial<DirectMove>,
  ) => {
    for (const one of from)
      for (const other of to) {
        if (moves.size >= mostMoves) return;
        add({ from: one, to: other, ...more?.(one) });
      }
  };

  for (const move of declared) add(move);
  for (const move of sql?.moves ?? []) add(move);
  if (row?.moves) pairs(sides.reads.uses, sides.writes.uses);
  if (sql === undefined) return [...moves.values()];
  if (sides.writes.source !== 'sql') {
    // What a SELECT shows goes where the task says; a single target is what a single filling statement fills, whatever its name.
    if (sql.hasSelect && sql.writes.length === 0) {
      pairs(sql.selected, sides.writes.uses, (use) => {
        const columns = sql.selectedColumns.get(datasetKey(use.dataset));
        return { sql: sql.sql, ...(columns && { columns }) };
      });
    } else if (sql.writes.length === 1 && sides.writes.uses.length === 1 && moves.size === 0) {
      const [target] = sides.writes.uses;
      for (const move of sql.moves) if (target) add({ ...move, to: target });
    }
  }
  return [...moves.values()];
}
