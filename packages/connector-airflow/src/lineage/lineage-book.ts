import { type EntityReference, type LineageEdge, referenceKey, type SourceEvent } from '@flowmeta/connector';
import { mapInOrder } from '@flowmeta/connector/reading';
import type { Redactor } from '@flowmeta/redact';
import type { UnreadableRow } from '../client/airflow-client.js';
import type { Asset, AssetEvent, DagTask, Dependencies, TaskInstance } from '../client/wire.js';
import type { DagIndex, Reading } from '../read.js';
import { type DatabasePlace, datasetOf } from './asset-uri.js';
import { createSqlBook } from './sql-book.js';

/** Collects what is known of lineage during one read. */
export interface LineageBook {
  /** A DAG whose lineage is wanted. */
  define(dag: string, tasks: readonly DagTask[]): void;
  /** The edges that Airflow shows by itself. Once, when all DAGs are defined. */
  definitions(reading: Pick<Reading, 'client' | 'index' | 'concurrency' | 'signal'>): AsyncGenerator<SourceEvent>;
  /** What one run shows: at once which DAG a task has started or waited for; its SQL counts in the end. */
  evidence(instances: readonly TaskInstance[]): SourceEvent[];
  /** The edges of SQL, what stays open, and `linked` where all that definitions show was read: `isComplete` if every DAG could be. Once, at the end. */
  resolve(isComplete: boolean): AsyncGenerator<SourceEvent>;
}

/** The operators that name another DAG, by the last part of their class, and the template that holds its name. */
const links = {
  trigger: { operator: /TriggerDagRunOperator$/, field: 'trigger_dag_id', word: 'starts' },
  sensor: { operator: /ExternalTaskSensor(?:Async)?$/, field: 'external_dag_id', word: 'waits for' },
} as const;
type LinkKind = keyof typeof links;
const kinds = Object.keys(links) as LinkKind[];

const sideKey = (side: 'inlet' | 'outlet', dag: string, { uri }: Asset): string => JSON.stringify([side, dag, uri]);

interface TaskReference {
  dag_id: string;
  task_id?: string | null | undefined;
}
const outletKey = (uri: string, { dag_id, task_id }: TaskReference): string => JSON.stringify([uri, dag_id, task_id]);

const template = /\{\{|\{%/;
const pipelineOf = (name: string): EntityReference => ({ kind: 'pipeline', name });

/** `places`: what the connections of tasks lead to, by their names. */
export function createLineageBook({
  redactor,
  places,
}: {
  redactor: Pick<Redactor, 'text' | 'value'>;
  places: ReadonlyMap<string, DatabasePlace>;
}): LineageBook {
  const sql = createSqlBook({ redactor, places });
  let index: DagIndex = new Map();
  /** Tasks that name another DAG, by DAG and task, until it is known which. */
  const open = new Map<string, { dag: string; task: string; kind: LinkKind; isTemplate: boolean }>();
  /** Those of `open` that a run has shown. */
  const shown = new Set<string>();
  /** Edges that were yielded, each once. */
  const yielded = new Set<string>();
  /** What definitions show, without descriptions. */
  const defined = new Set<string>();
  const except = { from: new Set<string>(), into: new Set<string>() };
  let isWhole = true;

  const edge = (
    from: EntityReference,
    to: EntityReference,
    details: Omit<LineageEdge, 'from' | 'to'>,
  ): SourceEvent[] => {
    const ends = JSON.stringify([referenceKey(from), referenceKey(to), details.pipeline ?? '']);
    if (details.evidence === undefined) defined.add(ends);
    // What a run shows besides would come and go with the runs in the window, and so the edge would change all the time.
    else if (defined.has(ends)) return [];
    const key = JSON.stringify([ends, details.description]);
    if (yielded.has(key) || referenceKey(from) === referenceKey(to)) return [];
    yielded.add(key);
    return [{ kind: 'lineage', edge: { from, to, ...details, description: redactor.text(details.description) } }];
  };
  const isWanted = (dag: string): boolean => {
    const entry = index.get(dag);
    return entry !== undefined && !('leftOut' in entry);
  };
  /** An edge between DAGs, of which one may be of another Airflow; none into a DAG that is left out on purpose. */
  const dagEdge = (from: string, to: string, details: Omit<LineageEdge, 'from' | 'to'>): SourceEvent[] => {
    if (from === to || !(isWanted(from) || isWanted(to)) || (index.has(to) && !isWanted(to))) return [];
    const reference = (name: string): EntityReference => ({
      kind: 'pipeline',
      name: redactor.text(name),
      ...(!index.has(name) && { external: true }),
    });
    return edge(reference(from), reference(to), details);
  };
  /** The task of `dag` starts or waits for `other`. */
  const linkEdge = (
    kind: LinkKind,
    { dag, task, other }: { dag: string; task: string; other: string },
    evidence: Pick<LineageEdge, 'evidence'> = {},
  ): SourceEvent[] => {
    const [from, to] = kind === 'trigger' ? [dag, other] : [other, dag];
    return dagEdge(from, to, { description: `Airflow ${kind}: ${task}`, ...evidence });
  };

  const notPlaced = (name: string, { dag_id: pipeline, task_id }: TaskReference): SourceEvent => {
    const message = redactor.text(`The asset ${name} has no uri that names a table, a file or a topic.`);
    const hint = 'Give it one such as postgres://host:5432/database/schema/table or s3://bucket/path.';
    return {
      kind: 'unresolved',
      gap: { pipeline, ...(task_id && { task: task_id }), reason: 'connection', message, hint },
    };
  };

  /** `joined`: sides of tasks that an edge from dataset to dataset shows. */
  function* assetEdges(asset: Asset, joined: ReadonlySet<string>): Generator<SourceEvent> {
    const name = asset.name || asset.uri;
    const producers = asset.producing_tasks ?? [];
    const consumers = asset.consuming_tasks ?? [];
    const scheduled = [...(asset.scheduled_dags ?? []), ...(asset.consuming_dags ?? [])].map(({ dag_id }) => dag_id);
    const description = `Airflow asset: ${name}`;
    for (const { dag_id: from } of producers) {
      for (const to of scheduled) if (index.has(from)) yield* dagEdge(from, to, { description });
    }
    const dataset = datasetOf(asset.uri);
    if (dataset === undefined) {
      for (const task of [...producers, ...consumers]) if (isWanted(task.dag_id)) yield notPlaced(name, task);
      return;
    }
    const entity: EntityReference = { kind: 'dataset', dataset };
    for (const { dag_id, task_id } of producers) {
      if (isWanted(dag_id) && !joined.has(sideKey('outlet', dag_id, asset)))
        yield* edge(pipelineOf(dag_id), entity, { description: `Airflow task ${task_id}: outlet` });
    }
    for (const { dag_id, task_id } of consumers) {
      if (isWanted(dag_id) && !joined.has(sideKey('inlet', dag_id, asset)))
        yield* edge(entity, pipelineOf(dag_id), { description: `Airflow task ${task_id}: inlet` });
    }
    for (const dag of scheduled) {
      if (isWanted(dag) && !joined.has(sideKey('inlet', dag, asset)))
        yield* edge(entity, pipelineOf(dag), { description: 'Airflow schedule: asset' });
    }
  }

  /** What one task takes and makes: its inlets flow into its outlets. */
  function* movements(assets: readonly Asset[], joined: Set<string>): Generator<SourceEvent> {
    const tasks = new Map<string, { dag: string; task: string; inlets: Asset[]; outlets: Asset[] }>();
    const sidesOf = ({ dag_id: dag, task_id }: { dag_id: string; task_id?: string | null | undefined }) => {
      const task = task_id ?? '';
      const key = JSON.stringify([dag, task]);
      const known = tasks.get(key) ?? { dag, task, inlets: [], outlets: [] };
      tasks.set(key, known);
      return known;
    };
    for (const asset of assets) {
      for (const reference of asset.consuming_tasks ?? []) sidesOf(reference).inlets.push(asset);
      for (const reference of asset.producing_tasks ?? []) sidesOf(reference).outlets.push(asset);
    }
    for (const { dag, task, inlets, outlets } of tasks.values()) {
      if (!isWanted(dag)) continue;
      for (const [from, to] of inlets.flatMap((inlet) => outlets.map((outlet) => [inlet, outlet] as const))) {
        const [source, target] = [datasetOf(from.uri), datasetOf(to.uri)];
        if (source === undefined || target === undefined) continue;
        joined.add(sideKey('inlet', dag, from)).add(sideKey('outlet', dag, to));
        const description = `Airflow task ${task}: inlet and outlet`;
        yield* edge(
          { kind: 'dataset', dataset: source },
          { kind: 'dataset', dataset: target },
          { pipeline: dag, description },
        );
      }
    }
  }

  /** What tasks have written by way of an alias: only events tell. `declared`: outlets that need none. */
  function* eventEdges(events: readonly AssetEvent[], declared: ReadonlySet<string>): Generator<SourceEvent> {
    for (const { source_dag_id: dag_id, source_task_id: task_id, created_dagruns, ...asset } of events) {
      const uri = asset.uri ?? asset.dataset_uri ?? '';
      const name = asset.name || uri;
      if (!dag_id || uri === '' || declared.has(outletKey(uri, { dag_id, task_id }))) continue;
      const evidence = 'run' as const;
      const description = `Airflow asset: ${name}`;
      for (const { dag_id: to } of created_dagruns ?? []) {
        yield* dagEdge(dag_id, to, { description, evidence });
      }
      if (!isWanted(dag_id)) continue;
      const dataset = datasetOf(uri);
      const outlet = { description: `Airflow task ${task_id ?? ''}: outlet`, evidence };
      if (dataset) yield* edge(pipelineOf(dag_id), { kind: 'dataset', dataset }, outlet);
      else yield notPlaced(name, { dag_id, task_id });
    }
  }

  /** Yields edges; returns the DAGs that write to an alias. */
  function* dependencyEdges({ nodes, edges }: Dependencies): Generator<SourceEvent, Set<string>> {
    const writers = new Set<string>();
    const labels = new Map(nodes.map(({ id, label }) => [id, label ?? '']));
    const into = new Map<string, string[]>();
    const outOf = new Map<string, string[]>();
    const push = (map: Map<string, string[]>, node: string, dag: string) =>
      map.set(node, [...(map.get(node) ?? []), dag]);
    for (const { source_id: source, target_id: target } of edges) {
      const [from, to] = [dagOf(source), dagOf(target)];
      if (from !== undefined) push(into, target, from);
      if (to !== undefined) push(outOf, source, to);
    }
    for (const [node, sources] of into) {
      const label = labels.get(node) ?? '';
      const [prefix] = node.split(':', 1);
      for (const from of sources) {
        if (prefix === 'asset-alias' && isWanted(from)) writers.add(from);
        for (const to of outOf.get(node) ?? []) {
          if (prefix === 'asset-alias') {
            yield* dagEdge(from, to, { description: `Airflow asset alias: ${label}` });
          } else if (prefix === 'trigger' || prefix === 'sensor') {
            const [dag, other] = prefix === 'trigger' ? [from, to] : [to, from];
            const key = JSON.stringify([dag, label]);
            const isTemplate = template.test(other);
            if (isTemplate) open.set(key, { dag, task: label, kind: prefix, isTemplate });
            else {
              open.delete(key);
              yield* linkEdge(prefix, { dag, task: label, other });
            }
          }
        }
      }
    }
    return writers;
  }

  return {
    define(dag, tasks) {
      for (const { task_id: task, class_ref, operator_name } of tasks) {
        const type = class_ref?.class_name ?? operator_name ?? '';
        const kind = kinds.find((each) => links[each].operator.test(type));
        if (kind) open.set(JSON.stringify([dag, task]), { dag, task, kind, isTemplate: false });
      }
    },

    async *definitions({ client, index: dags, concurrency, signal }) {
      index = dags;
      const unreadable: UnreadableRow[] = [];
      const options = { signal, onUnreadable: (row: UnreadableRow) => void unreadable.push(row) };
      const assets: Asset[] = [];
      let asked: ({ dag: string } | { asset: number })[] = [];
      try {
        for await (const asset of client.assets(options)) assets.push(asset);
        const aliased = assets.filter(({ aliases }) => aliases != null && aliases.length > 0);
        asked = aliased.flatMap(({ id }) => (typeof id === 'number' ? [{ asset: id }] : []));
        const joined = new Set<string>();
        yield* movements(assets, joined);
        for (const asset of assets) yield* assetEdges(asset, joined);
      } catch (error) {
        signal.throwIfAborted();
        isWhole = false;
        yield {
          kind: 'warning',
          message: `Assets can't be read, so that their lineage is missing: ${(error as Error).message}`,
        };
      }
      for (const { ref, error } of unreadable) {
        isWhole = false;
        yield { kind: 'warning', ref, message: error.message };
      }
      try {
        const dependencies = await client.dependencies({ signal });
        if (dependencies) asked = [...(yield* dependencyEdges(dependencies))].map((dag) => ({ dag }));
      } catch (error) {
        signal.throwIfAborted();
        isWhole = false;
        const message = `Airflow does not tell which DAG starts or awaits which, so that only runs do: ${(error as Error).message}`;
        yield { kind: 'warning', message };
      }
      const declared = new Set(
        assets.flatMap(({ uri, producing_tasks }) => (producing_tasks ?? []).map((task) => outletKey(uri, task))),
      );
      try {
        const events = mapInOrder(each(asked), (of) => client.assetEvents(of, options), concurrency);
        for await (const some of events) yield* eventEdges(some, declared);
      } catch (error) {
        signal.throwIfAborted();
        const message = `Asset events can't be read, so that what tasks write by way of an alias is missing: ${(error as Error).message}`;
        yield { kind: 'warning', message };
      }
    },

    evidence(instances) {
      sql.add(instances);
      return instances.flatMap(({ dag_id: dag, task_id: task, rendered_fields }) => {
        const key = JSON.stringify([dag, task]);
        const known = open.get(key);
        if (known === undefined || rendered_fields === null || rendered_fields === undefined) return [];
        const other = rendered_fields[links[known.kind].field];
        if (typeof other !== 'string' || other === '' || template.test(other)) return [];
        shown.add(key);
        return linkEdge(known.kind, { dag, task, other }, { evidence: 'run' });
      });
    },

    async *resolve(isComplete) {
      for await (const event of sql.events()) {
        if (event.kind !== 'lineage') yield event;
        else yield* edge(event.edge.from, event.edge.to, event.edge);
      }
      for (const [key, { dag, task, kind, isTemplate }] of open) {
        if (!isWanted(dag)) continue;
        (kind === 'trigger' ? except.from : except.into).add(dag);
        if (shown.has(key)) continue;
        const { word } = links[kind];
        const message = isTemplate
          ? `Which DAG it ${word} is a template, which only a run fills in.`
          : `Airflow does not tell which DAG it ${word}, but for runs.`;
        const hint = 'It is found when a run of the task lies in the window (`statusLookbackDays`).';
        const reason = isTemplate ? 'template' : 'hidden';
        yield { kind: 'unresolved', gap: { pipeline: dag, task, reason, message, hint } };
      }
      if (!isComplete || !isWhole) return;
      const [from, into] = [[...except.from], [...except.into]];
      const exceptions = from.length + into.length > 0 ? { except: { from, into } } : {};
      yield { kind: 'linked', scope: {}, ...exceptions };
    },
  };
}

/** `dag:shop.orders` → `shop.orders`. */
const dagOf = (node: string): string | undefined => (node.startsWith('dag:') ? node.slice(4) : undefined);

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
