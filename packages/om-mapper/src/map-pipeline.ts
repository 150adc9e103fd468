import type { Label, Pipeline, Schedule, Task, TaskEdge } from '@flowmeta/connector';
import { legalName } from './names.js';
import type { Organisation } from './organise.js';
import { storable } from './storable.js';
import { tagName } from './tag-names.js';
import type { Capabilities, NameNote, PipelineDraft, TagDraft, TaskBody } from './types.js';
import { webUrl } from './urls.js';

export interface MapPipelineOptions {
  /** Name of the pipeline service in OpenMetadata. */
  service: string;
  capabilities: Capabilities;
  /** The classification that holds the tags made from labels, e.g. `KestraLabels`; absent means no tags. */
  classification?: string;
  /** Turns labels into tags; default true. */
  includeTags?: boolean;
  /** Hands the owners on; default true. */
  includeOwners?: boolean;
  /** What a pipeline gets beyond what its source says, whatever is included: see `createOrganiser`. */
  organise?: (pipeline: Pipeline) => Organisation;
}

/**
 * The request body for a pipeline, as far as it is known without the server, and what the writer has to resolve for it.
 *
 * - Tasks keep their order; `downstreamTasks` have the order of the tasks.
 * - Several schedules are joined by `; `, each with its time zone: `0 2 * * * (Europe/Berlin); @daily`. OpenMetadata
 *   shows the text as it is.
 * - A name that had to be changed is listed in `notes`, and the true one becomes the display name if there is none.
 * - What OpenMetadata has no field for (inputs, triggers, branches) is left out.
 */
export function mapPipeline(pipeline: Pipeline, options: MapPipelineOptions): PipelineDraft {
  const { service, capabilities, classification, includeTags = true, includeOwners = true, organise } = options;
  const { domain, owner, tags = [], tier, displayName } = organise?.(pipeline) ?? {};
  const notes: NameNote[] = [];
  const rename = (name: string): string => {
    const { legal, note } = legalName(name, { capabilities });
    if (note !== undefined) notes.push(note);
    return legal;
  };
  const name = rename(pipeline.name);
  const taskNames = new Map(pipeline.tasks.map((task) => [task.name, rename(task.name)]));
  return {
    pipeline: pipeline.name,
    body: {
      name,
      service,
      ...texts(displayName === undefined ? pipeline : { ...pipeline, displayName }, name),
      ...(pipeline.concurrency === undefined ? {} : { concurrency: pipeline.concurrency }),
      ...present('pipelineLocation', pipeline.namespace),
      ...present('scheduleInterval', scheduleText(pipeline.schedules)),
      tasks: taskBodies(pipeline.tasks, pipeline.edges, taskNames),
      ...(capabilities.pipelineState ? { state: pipeline.enabled ? ('Active' as const) : ('Inactive' as const) } : {}),
    },
    tags: includeTags && classification !== undefined ? tagDrafts(pipeline.labels, classification) : [],
    catalogTags: [...new Set(tier === undefined ? tags : [tier, ...tags])],
    ...present('domain', domain),
    owners: owner === undefined ? (includeOwners ? ownersOf(pipeline) : []) : [{ name: owner, origin: 'rules' }],
    taskNames,
    notes,
  };
}

const ownersOf = ({ owners }: Pipeline) => owners.map(({ name, origin }) => ({ name, origin }));

function present<Key extends string>(key: Key, value: string | undefined): { [_ in Key]?: string } {
  // Absence and '' are the same to the servers, but only absence is valid everywhere.
  return (value === undefined || value === '' ? {} : { [key]: storable(value) }) as { [_ in Key]?: string };
}

function texts(
  item: { name: string; displayName?: string; description?: string; sourceUrl?: string },
  legal: string,
): { displayName?: string; description?: string; sourceUrl?: string } {
  return {
    ...present('displayName', item.displayName ?? (legal === item.name ? undefined : item.name)),
    ...present('description', item.description),
    ...present('sourceUrl', webUrl(item.sourceUrl)),
  };
}

function taskBodies(
  tasks: readonly Task[],
  edges: readonly TaskEdge[],
  taskNames: ReadonlyMap<string, string>,
): TaskBody[] {
  const successors = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    const known = successors.get(from);
    if (known === undefined) successors.set(from, new Set([to]));
    else known.add(to);
  }
  const position = new Map(tasks.map((task, index) => [task.name, index]));
  return tasks.map((task) => {
    const legal = taskNames.get(task.name)!;
    const downstream = [...(successors.get(task.name) ?? [])]
      .filter((successor) => position.has(successor))
      .sort((a, b) => position.get(a)! - position.get(b)!);
    return {
      name: legal,
      ...texts(task, legal),
      ...present('taskType', task.type),
      ...present('taskSQL', task.sql),
      downstreamTasks: downstream.map((successor) => taskNames.get(successor)!),
    };
  });
}

function scheduleText(schedules: readonly Schedule[]): string {
  const lines = schedules.map(({ cron, timezone }) => (timezone === undefined ? cron : `${cron} (${timezone})`));
  return [...new Set(lines)].join('; ');
}

function tagDrafts(labels: readonly Label[], classification: string): TagDraft[] {
  const drafts = new Map<string, TagDraft>();
  for (const label of labels) {
    const name = tagName(label);
    const text = storable(`${label.key}=${label.value}`);
    drafts.set(name, { classification, name, displayName: text, description: `Label \`${text}\`` });
  }
  return [...drafts.values()];
}
