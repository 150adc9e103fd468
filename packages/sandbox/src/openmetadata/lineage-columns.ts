import { type Catalog, findByName } from './catalog.js';
import { columnNamesOf } from './columns.js';
import { type Entity, type EntityType, type Json, listOf } from './entities.js';
import { crash, notFound, type Refusal, refuse } from './refusals.js';

/** Types whose columns an edge may name, and what the server calls one; pipelines are not among them (OM fact 20). */
const columnWords: Partial<Record<EntityType, 'column' | 'field' | 'chart'>> = {
  table: 'column',
  container: 'column',
  topic: 'field',
  searchIndex: 'field',
  dashboard: 'chart',
};

/** The table that a column's full name begins with, or 404. */
function tableOfColumn(catalog: Catalog, column: string): Entity {
  const name = (column.match(/"[^"]*"|[^."]+/g) ?? []).slice(0, 4).join('.');
  const table = findByName(catalog, 'table', name);
  if (!table) throw notFound('table', name);
  return table;
}

/** Whether an end of an edge has a column; where it has no columns at all, 1.6 and its neighbours fall over (by their sources). */
function hasColumn(catalog: Catalog, end: Entity, column: string): boolean {
  const names = columnNamesOf(end);
  if (names === undefined && !catalog.rules.has('columnsComparedByName') && end.type !== 'dashboard') {
    throw crash(
      catalog.rules,
      `Cannot read the columns of ${end.type} ${end.fullyQualifiedName} because they are null`,
    );
  }
  return names?.has(column) === true;
}

function unknownColumn(catalog: Catalog, end: Entity, column: string): Refusal {
  const word = columnWords[end.type] ?? 'column';
  if (catalog.rules.has('columnsComparedByName')) return refuse(400, `Invalid column name ${column}`);
  return refuse(
    400,
    word === 'chart' ? `Invalid chart name ${column}` : `Invalid fully qualified ${word} name ${column}`,
  );
}

/** Checks the columns of an edge: unknown ones are refused, from 1.13 on dropped (simulated). */
export function readColumnsLineage(catalog: Catalog, details: Json, ends: { from: Entity; to: Entity }): Json[] {
  const given = listOf<Json>(details.columnsLineage);
  if (given.length === 0) return [];
  const { rules } = catalog;
  const { from, to } = ends;
  const isOldest = rules.version === '1.2';
  if (isOldest && !(from.type === 'table' && (to.type === 'table' || to.type === 'dashboard'))) {
    throw refuse(400, 'Column level lineage is only allowed between two tables or from table to dashboard.');
  }
  for (const { type } of [from, to]) {
    const isKnown = columnWords[type] !== undefined || (type === 'pipeline' && rules.has('columnsComparedByName'));
    if (!isKnown) throw refuse(400, `Unsupported Entity Type ${type} for lineage`);
  }
  // 1.2 takes columns of any table as the source (by its sources).
  const holderOf = (column: string): Entity =>
    isOldest && !column.startsWith(from.fullyQualifiedName) ? tableOfColumn(catalog, column) : from;
  const unknownIn = (mapping: Json): { end: Entity; column: string } | undefined => {
    for (const column of listOf<string>(mapping.fromColumns)) {
      const end = holderOf(column);
      if (!hasColumn(catalog, end, column)) return { end, column };
    }
    const column = String(mapping.toColumn);
    return hasColumn(catalog, to, column) ? undefined : { end: to, column };
  };
  if (rules.has('columnsDropped')) return given.filter((mapping) => unknownIn(mapping) === undefined);
  for (const mapping of given) {
    const unknown = unknownIn(mapping);
    if (unknown) throw unknownColumn(catalog, unknown.end, unknown.column);
  }
  return given;
}
