import { createHash } from 'node:crypto';
import type { Label, OwnerReference, Pipeline, PipelineInput, Task, TaskEdge } from '@flowmeta/connector';
import { isSecretName, type Redactor } from '@flowmeta/redact';
import type { Dialect } from './client/dialects.js';
import type { Dag, DagDetails, DagTask } from './client/wire.js';
import { schedulesOf } from './schedules.js';
import { instantOf } from './states.js';

export interface PipelineContext {
  /** Address of the UI. */
  address: string;
  dialect: Pick<Dialect, 'pages'>;
  redactor: Pick<Redactor, 'text'>;
  /** Current time, ms. */
  now: number;
}

/** A DAG with its details and tasks as a pipeline. */
export function toPipeline(
  { dag, details, tasks }: { dag: Dag; details: DagDetails; tasks: readonly DagTask[] },
  { address, dialect, redactor, now }: PipelineContext,
): Pipeline {
  const id = dag.dag_id;
  const version = details.latest_dag_version?.version_number;
  const hasEnded = (instantOf(details.end_date) ?? now) < now;
  const { max_active_runs: concurrency } = dag;
  return {
    name: id,
    ...nameOf(dag.dag_display_name, id, redactor),
    ...descriptionOf([dag.description, details.doc_md], redactor),
    sourceUrl: address + dialect.pages.dag(id),
    enabled: dag.is_paused !== true,
    ...(typeof version === 'number' && { revision: String(version) }),
    tasks: tasks.map((task) => toTask(task, { url: address + dialect.pages.task(id, task.task_id), redactor })),
    edges: edgesOf(tasks),
    schedules: hasEnded ? [] : schedulesOf(dag),
    labels: labelsOf(dag, redactor),
    owners: ownersOf(dag),
    inputs: inputsOf(details, redactor),
    ...(typeof concurrency === 'number' && Number.isInteger(concurrency) && concurrency > 0 && { concurrency }),
    ...(dag.has_import_errors === true && {
      degraded: 'Airflow cannot import its file any more. This is the DAG as it was before.',
    }),
  };
}

/**
 * A text that changes with the pipeline. Neither a list of DAGs nor the version of one tells whether it has changed: 3.x changes a
 * version in place as long as it has no runs, and 2.x has none.
 */
export const fingerprintOf = (pipeline: Pipeline): string =>
  createHash('sha256').update(JSON.stringify(pipeline)).digest('base64url');

/** The operator's class, e.g. `airflow.providers.standard.operators.bash.BashOperator`. */
function typeOf({ class_ref, operator_name }: DagTask): string | undefined {
  const { module_path, class_name } = class_ref ?? {};
  if (class_name) return module_path ? `${module_path}.${class_name}` : class_name;
  return operator_name || undefined;
}

function toTask(task: DagTask, { url, redactor }: { url: string; redactor: Pick<Redactor, 'text'> }): Task {
  const type = typeOf(task);
  return {
    name: task.task_id,
    ...nameOf(task.task_display_name, task.task_id, redactor),
    ...descriptionOf([task.doc_md], redactor),
    ...(type !== undefined && { type }),
    sourceUrl: url,
    enabled: true,
  };
}

function edgesOf(tasks: readonly DagTask[]): TaskEdge[] {
  const names = new Set(tasks.map(({ task_id }) => task_id));
  return tasks.flatMap(({ task_id: from, downstream_task_ids }) =>
    [...new Set(downstream_task_ids ?? [])].filter((to) => to !== from && names.has(to)).map((to) => ({ from, to })),
  );
}

/** A tag is a word of its own, or, as people write it, a key and a value: `tier:gold`. */
function labelsOf({ tags }: Dag, redactor: Pick<Redactor, 'text'>): Label[] {
  const labels = new Map<string, Label>();
  for (const { name } of tags ?? []) {
    const [, before, after] = /^([^:=\s][^:=]*)[:=](.*\S)\s*$/su.exec(name) ?? [];
    const label =
      before === undefined ? { key: 'tag', value: name.trim() } : { key: before.trim(), value: after!.trim() };
    if (label.value === '' || isSecretName(label.key) || redactor.text(name) !== name) continue;
    labels.set(JSON.stringify([label.key, label.value]), label);
  }
  return [...labels.values()].sort((one, other) =>
    `${one.key}=${one.value}` < `${other.key}=${other.value}` ? -1 : 1,
  );
}

/** Airflow's own word for nobody (Airflow fact 14). */
const nobody = 'airflow';

function ownersOf({ owners }: Dag): OwnerReference[] {
  const names = (owners ?? []).flatMap((owner) => owner.split(',')).map((owner) => owner.trim());
  const real = names.filter((owner) => owner !== '' && owner !== nobody);
  return [...new Set(real)].sort().map((name) => ({ name, origin: 'owner of its tasks' }));
}

/** Without the values of params, which may be anything. */
function inputsOf({ params }: DagDetails, redactor: Pick<Redactor, 'text'>): PipelineInput[] {
  return Object.entries(params ?? {}).map(([name, param]) => {
    const { value, description, schema } = (param ?? {}) as Record<string, unknown>;
    const { type } = (schema ?? {}) as { type?: unknown };
    const types = (Array.isArray(type) ? type : [type]).filter((each) => typeof each === 'string');
    return {
      name,
      ...(types.length > 0 && { type: types.join(' | ') }),
      required: (value === null || value === undefined) && types.length > 0 && !types.includes('null'),
      ...descriptionOf([typeof description === 'string' ? description : undefined], redactor),
    };
  });
}

function nameOf(
  shown: string | null | undefined,
  name: string,
  redactor: Pick<Redactor, 'text'>,
): { displayName?: string } {
  return !shown || shown === name ? {} : { displayName: redactor.text(shown) };
}

function descriptionOf(
  texts: readonly (string | null | undefined)[],
  redactor: Pick<Redactor, 'text'>,
): { description?: string } {
  const parts = texts.map((text) => text?.trim() ?? '').filter((text) => text !== '');
  return parts.length === 0 ? {} : { description: redactor.text([...new Set(parts)].join('\n\n')) };
}
