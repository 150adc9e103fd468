import type { Dataset, EntityReference, LineageEdge, SourceEvent } from '@flowmeta/connector';
import type { Redactor } from '@flowmeta/redact';
import type { TaskInstance } from '../client/wire.js';
import { instantOf } from '../states.js';
import type { DatabasePlace } from './asset-uri.js';
import { sqlIo, type TaskSql, taskSqlOf } from './sql-task.js';

/** Collects the SQL that runs show during one read. */
export interface SqlBook {
  /** The task instances of one run; of each task the latest that has succeeded counts. */
  add(instances: readonly TaskInstance[]): void;
  /** The edges of all that was collected, and what could not be found out. Once, at the end. */
  events(): AsyncGenerator<SourceEvent>;
}

interface Latest {
  dag: string;
  task: string;
  run: string;
  startedAt: number;
  /** Of a mapped task there are several. */
  sql: Map<string, TaskSql>;
}

/** Different statements of one mapped task that are kept. */
const mostPerTask = 100;
const longestSql = 100_000;

export function createSqlBook({
  redactor,
  places,
}: {
  redactor: Pick<Redactor, 'text' | 'value'>;
  places: ReadonlyMap<string, DatabasePlace>;
}): SqlBook {
  const tasks = new Map<string, Latest>();

  function addInstance(instance: TaskInstance): void {
    const { dag_id: dag, task_id: task, dag_run_id: run, state, operator, rendered_fields: fields } = instance;
    if (state !== 'success' || !operator || !fields) return;
    const sql = taskSqlOf(operator, fields, places);
    if (sql === undefined) return;
    const key = JSON.stringify([dag, task]);
    const startedAt = instantOf(instance.start_date) ?? 0;
    let latest = tasks.get(key);
    if (latest === undefined || (latest.run !== run && startedAt > latest.startedAt)) {
      latest = { dag, task, run, startedAt, sql: new Map() };
      tasks.set(key, latest);
    }
    if (latest.run === run && latest.sql.size < mostPerTask) latest.sql.set(JSON.stringify(sql), sql);
  }

  async function* eventsOf({ dag, task, sql }: Latest, unknown: Set<string>): AsyncGenerator<SourceEvent> {
    const problems = new Set<string>();
    for (const { text, place, connection } of sql.values()) {
      if (place === undefined) {
        const key = JSON.stringify([dag, connection]);
        if (!unknown.has(key)) yield unknownPlace(dag, task, connection);
        unknown.add(key);
        continue;
      }
      const io = await sqlIo(text, place);
      if (io.problem !== undefined) problems.add(io.problem);
      const details = { description: `Airflow task ${task}: SQL`, evidence: 'run' as const };
      const statement = redactor.text(text);
      const shown = statement.length > longestSql ? `${statement.slice(0, longestSql)}…` : statement;
      const edges: LineageEdge[] = [
        ...io.moves.map(({ from, to, columns }) => ({
          ...details,
          ...between(from, to),
          pipeline: dag,
          sql: shown,
          ...(from.kind === 'table' &&
            to.kind === 'table' &&
            columns.length > 0 && { columns: redactor.value(columns) }),
        })),
        ...io.reads.map((dataset) => ({ ...details, from: entity(dataset), to: pipeline(dag) })),
        ...io.writes.map((dataset) => ({ ...details, from: pipeline(dag), to: entity(dataset) })),
      ];
      for (const each of edges) {
        const edge = { ...each, from: redactor.value(each.from), to: redactor.value(each.to) };
        if (hidesName(edge)) problems.add('A name in its SQL holds a secret.');
        else yield { kind: 'lineage', edge };
      }
    }
    for (const message of problems) {
      yield { kind: 'unresolved', gap: { pipeline: dag, task, reason: 'sql', message: redactor.text(message) } };
    }
  }

  return {
    add: (instances) => instances.forEach(addInstance),
    async *events() {
      const unknown = new Set<string>();
      for (const latest of tasks.values()) yield* eventsOf(latest, unknown);
    },
  };
}

const pipeline = (name: string): EntityReference => ({ kind: 'pipeline', name });
const entity = (dataset: Dataset): EntityReference => ({ kind: 'dataset', dataset });
const between = (from: Dataset, to: Dataset) => ({ from: entity(from), to: entity(to) });

function unknownPlace(dag: string, task: string, connection: string | undefined): SourceEvent {
  const gap =
    connection === undefined
      ? { message: 'Its SQL can’t be placed: the task names no connection.' }
      : {
          message: `Its SQL can’t be placed: Airflow does not tell where the connection ${connection} leads to.`,
          hint: `Say it in the connector’s \`connections\`, e.g. ${connection}: postgres://host:5432/database/schema.`,
        };
  return { kind: 'unresolved', gap: { pipeline: dag, task, reason: 'connection', ...gap } };
}

/** Whether a name has lost a secret: what is left names nothing, or the same for two different things. */
const hidesName = ({ from, to }: LineageEdge): boolean =>
  [from, to].some((end) => {
    if (end.kind !== 'dataset') return false;
    const { connections: _where, ...names } = end.dataset;
    return Object.values(names).some((name) => typeof name === 'string' && name.includes('***'));
  });
