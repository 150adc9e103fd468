import { type Dataset, datasetKey } from '@flowmeta/connector';
import type { KestraTask, KestraTrigger } from '@flowmeta/kestra-client';
import { asTexts } from '../lineage/values.js';
import { type AssetContext, declaredAssets } from './assets.js';
import { carriedTexts } from './carried-texts.js';
import type { Extractor } from './extractors.js';
import type { Place } from './place.js';
import { effectiveProperties } from './plugin-defaults.js';
import type { RenderedText } from './rendering.js';
import { type SqlIo, sqlIo } from './sql-io.js';
import { catalogueRow, type TaskRow } from './task-catalogue.js';
import { TaskGaps } from './task-gaps.js';
import { type TaskReader, taskReader } from './task-reader.js';
import { chosenSide, movesOf, type Side } from './task-sides.js';
import type { DatasetUse, TaskContext, TaskIo } from './types.js';

/** Whether a task or a trigger may have to do with data by itself: its type is known for it, or it declares assets. */
export function touchesDatasets(task: KestraTask | KestraTrigger): boolean {
  return task.assets !== undefined || catalogueRow(task.type) !== undefined;
}

/** Of a task of unknown type: what it is given comes out. */
const opaque: Pick<TaskRow, 'gives'> = { gives: ['reads', 'taken'] };

/**
 * Which datasets a task or a trigger reads and writes, what it moves by itself, and what its outputs carry.
 *
 * For each direction the most trusted source that says anything decides: declared assets, then properties, then SQL, which may still add
 * its statement and its columns to a pair that both name. Nothing in a definition makes it reject.
 */
export async function taskIo(task: KestraTask | KestraTrigger, context: TaskContext): Promise<TaskIo> {
  const effective = effectiveProperties(task, context.defaults);
  const row = catalogueRow(effective.type);
  const reader = taskReader(effective, context.values);
  const place = row?.place(reader);
  const gaps = new TaskGaps(context.pipeline, task.id);

  const declared = declaredAssets(effective.assets, context.values, assetContextAt(effective.type, place));
  for (const text of declared.unknown) gaps.template('assets', text);
  for (const id of declared.homeless) gaps.homeless(id);

  const properties = { reads: extracted(row?.reads, reader, place), writes: extracted(row?.writes, reader, place) };
  const sql = row && place ? await readSql(row, { reader, place, properties }) : undefined;
  if (sql && properties.writes.uses.length === 0 && sql.writes.length === 0 && row?.results)
    properties.writes = extracted(row.results, reader, place);

  const sides = {
    reads: chosenSide(declared.reads, properties.reads.uses, sql?.reads),
    writes: chosenSide(declared.writes, properties.writes.uses, sql?.writes),
  };
  for (const side of ['reads', 'writes'] as const) {
    if (sides[side].uses.length === 0 || sides[side].source === 'properties')
      for (const { property, text } of properties[side].unknown) gaps.template(property, text);
  }
  const needsSql = Object.values(sides).some(({ source, uses }) => source === 'sql' || uses.length === 0);
  if (sql && needsSql && !(declared.reads.length > 0 && declared.writes.length > 0))
    for (const problem of sql.problems) gaps.sql(problem);
  const isSilent = sides.reads.uses.length === 0 && sides.writes.uses.length === 0;
  if (row?.hidden && isSilent) gaps.add(row.hidden.reason, row.hidden.message, row.hidden.hint);

  const runs = runsOf(row, reader, gaps);
  const moves = movesOf({ row, declared: declared.moves, sql, sides });
  const { gives, passesOn } = given(row ?? opaque, { sides, sql, place });
  return {
    taskId: task.id,
    type: effective.type,
    reads: sides.reads.uses,
    writes: sides.writes.uses,
    moves,
    takes: carriedTexts(effective, row, sql?.files ?? []),
    gives,
    passesOn,
    runs,
    gaps: gaps.all(),
  };
}

/** Where the assets of a task's runs are when they don't say so themselves. */
export function assetContext(task: KestraTask | KestraTrigger, context: TaskContext): AssetContext {
  const effective = effectiveProperties(task, context.defaults);
  const row = catalogueRow(effective.type);
  return assetContextAt(effective.type, row?.place(taskReader(effective, context.values)));
}

/** Only a place that has tables lends it to names without one. */
const assetContextAt = (type: string, place: Place | undefined): AssetContext => ({
  type,
  ...(place?.dialect !== undefined && { place }),
});

interface Extracted {
  uses: DatasetUse[];
  unknown: { property: string; text: RenderedText }[];
}

function extracted(
  extractors: readonly Extractor[] | undefined,
  reader: TaskReader,
  place: Place | undefined,
): Extracted {
  const uses = new Map<string, DatasetUse>();
  const unknown: Extracted['unknown'] = [];
  if (place !== undefined)
    for (const { property, find } of extractors ?? [])
      find(reader, place, {
        add(dataset: Dataset | undefined) {
          if (dataset === undefined || isGone(dataset, place)) return;
          const key = datasetKey(dataset);
          if (!uses.has(key)) uses.set(key, { dataset, property, trust: 'properties' });
        },
        unknown: (text) => unknown.push({ property, text }),
      });
  return { uses: [...uses.values()], unknown };
}

const isGone = ({ kind }: Dataset, { isTransient }: Place): boolean => kind === 'table' && isTransient === true;

async function readSql(
  row: TaskRow,
  { reader, place, properties }: { reader: TaskReader; place: Place; properties: { writes: Extracted } },
): Promise<SqlIo | undefined> {
  let all: SqlIo | undefined;
  for (const property of row.sql ?? []) {
    const value = reader.value(property);
    const text = asTexts(value).join(';\n');
    if (text.trim() === '') continue;
    const io = await sqlIo(text, {
      property,
      place,
      type: reader.type,
      values: reader.values,
      isLegacy: reader.value('legacySql') === true || reader.value('useLegacySql') === true,
      into: properties.writes.uses.length === 1 && property === 'sql',
    });
    all = all === undefined ? io : joined(all, io);
  }
  return all;
}

function joined(one: SqlIo, other: SqlIo): SqlIo {
  const unique = (uses: DatasetUse[]) => [...new Map(uses.map((use) => [datasetKey(use.dataset), use])).values()];
  return {
    ...one,
    reads: unique([...other.reads, ...one.reads]),
    writes: unique([...other.writes, ...one.writes]),
    moves: [...one.moves, ...other.moves],
    // What is done after the query shows nothing.
    files: [...new Set([...one.files, ...other.files])],
    problems: [...one.problems, ...other.problems],
  };
}

function given(
  row: Pick<TaskRow, 'gives'>,
  { sides, sql, place }: { sides: { reads: Side; writes: Side }; sql: SqlIo | undefined; place: Place | undefined },
): Pick<TaskIo, 'gives' | 'passesOn'> {
  const gives = new Map<string, DatasetUse>();
  const add = (uses: readonly DatasetUse[]) => {
    for (const use of uses) gives.set(datasetKey(use.dataset), use);
  };
  if (row.gives.includes('writes')) add(sides.writes.uses);
  if (row.gives.includes('reads')) {
    if (sql === undefined || sides.reads.source !== 'sql') add(sides.reads.uses);
    else if (sql.hasSelect) add(sql.selected);
    else add(sides.writes.uses);
  }
  // What is read out of a file that another task has made, or in a database of the task's own, is what the task was given.
  const readsNothing = row.gives.includes('reads') && sides.reads.uses.length === 0 && sql === undefined;
  return {
    gives: [...gives.values()],
    passesOn:
      row.gives.includes('taken') ||
      readsNothing ||
      (sql !== undefined && place?.platform === 'duckdb') ||
      place?.isTransient === true,
  };
}

function runsOf(row: TaskRow | undefined, reader: TaskReader, gaps: TaskGaps): { pipeline: string }[] {
  const names = new Set<string>();
  for (const property of row?.runs ?? [])
    for (const text of reader.texts(property)) {
      if (text.known) names.add(text.text.trim());
      else gaps.template(property, text);
    }
  return [...names].map((pipeline) => ({ pipeline }));
}
