import { isDeepStrictEqual } from 'node:util';
import { type Catalog, replace } from './catalog.js';
import { type Entity, entityKinds, type Json, listOf, type Reference, type TagLabel, type Task } from './entities.js';
import { type Changes, createChanges, nextVersion, noChange } from './entity-changes.js';
import type { Caller } from './principals.js';
import { checkLabelsAgree, checkLabelsExist, labelsBeforeUnknown, sortLabels, unionOfLabels } from './tag-labels.js';

/** What a body says about an entity, before the rules decide what of it is taken. */
export interface Draft {
  own: Json;
  /** `undefined`: the body has none. */
  tags: TagLabel[] | undefined;
  taskTags: Record<string, TagLabel[]>;
  owners: Reference[];
  domains: string[];
}

export interface UpdateOptions {
  caller: Caller;
  operation: 'put' | 'patch';
}

export interface UpdateResult {
  /** As the server answers: with what it did not store, too (OM fact 11). */
  entity: Entity;
  changed: boolean;
}

/** Two PATCHes of one user within this time become one version, ms. */
const sessionMs = 10 * 60_000;

/** The row that changes are counted from: the one before the last change where that is continued by this PATCH. */
function baseOf(catalog: Catalog, original: Entity, { caller, operation }: UpdateOptions): Entity {
  const continues =
    operation === 'patch' &&
    catalog.rules.has('patchesConsolidate') &&
    original.previous !== undefined &&
    !original.previous.deleted &&
    original.updatedBy === caller.name &&
    catalog.now() - original.updatedAt <= sessionMs;
  return continues && original.previous ? original.previous : original;
}

/** A bot's PUT leaves a text alone that is there (OM fact 13). */
function keptText(stored: unknown, given: unknown, keeps: boolean): unknown {
  return keeps && typeof stored === 'string' && stored !== '' ? stored : given;
}

function mergeTasks(original: Entity, draft: Draft, keeps: boolean): Task[] | undefined {
  if (draft.own.tasks === undefined) return undefined;
  const stored = new Map(listOf<Task>(original.own.tasks).map((task) => [task.name, task]));
  return listOf<Task>(draft.own.tasks).map((task) => {
    const description = keptText(stored.get(task.name)?.description, task.description, keeps);
    return description === undefined ? task : { ...task, description };
  });
}

/** Of surviving tasks only the description counts as a change (OM fact 11). */
function recordTasks(changes: Changes, base: Entity, tasks: Task[] | undefined): void {
  const before = listOf<Task>(base.own.tasks);
  const after = tasks ?? [];
  const namesBefore = new Set(before.map((task) => task.name));
  const byName = new Map(after.map((task) => [task.name, task]));
  changes.recordLists(
    'tasks',
    after.filter((task) => !namesBefore.has(task.name)),
    before.filter((task) => !byName.has(task.name)),
  );
  for (const task of before) {
    const now = byName.get(task.name);
    if (now) changes.record(`tasks.${task.name}.description`, task.description, now.description);
  }
}

function recordLabels(changes: Changes, before: TagLabel[], after: TagLabel[]): void {
  const had = new Set(before.map((label) => label.tagFQN));
  const has = new Set(after.map((label) => label.tagFQN));
  changes.recordLists(
    'tags',
    after.filter((label) => !had.has(label.tagFQN)),
    before.filter((label) => !has.has(label.tagFQN)),
  );
}

/** One owner is replaced; of a list, each one comes or goes. */
function recordOwners(catalog: Catalog, changes: Changes, owners: { before: Reference[]; after: Reference[] }): void {
  const { before, after } = owners;
  if (!catalog.rules.has('ownersAsList')) {
    changes.record('owner', before, after);
    return;
  }
  const lacks = (list: Reference[]) => (owner: Reference) => !list.some(({ id }) => id === owner.id);
  changes.recordLists('owners', after.filter(lacks(before)), before.filter(lacks(after)));
}

/** The labels after the write; refused ones leave behind what a refused write leaves behind (OM fact 14). */
function mergeLabels(catalog: Catalog, original: Entity, labels: TagLabel[] | undefined, union: boolean): TagLabel[] {
  if (labels === undefined) return original.tags;
  const merged = union ? unionOfLabels(labels, original.tags) : labels;
  if (catalog.rules.has('tagsResolvedFirst')) checkLabelsExist(catalog, merged);
  // By now the server has taken off all stored labels and puts on the merged ones next.
  replace(catalog, { ...original, tags: [] });
  checkLabelsAgree(catalog, merged);
  const applied = labelsBeforeUnknown(catalog, merged);
  replace(catalog, { ...original, tags: applied });
  checkLabelsExist(catalog, merged);
  return sortLabels(merged);
}

/**
 * Writes over an existing entity: decides what of the draft is taken, what counts as a change, and stores it if anything does.
 * The caller's rights are checked before.
 */
export function updateEntity(catalog: Catalog, original: Entity, draft: Draft, options: UpdateOptions): UpdateResult {
  const { caller, operation } = options;
  const { rules } = catalog;
  const isPut = operation === 'put';
  const keeps = isPut && caller.isBot;
  const base = baseOf(catalog, original, options);
  const kind = entityKinds[original.type];
  for (const [task, labels] of Object.entries(draft.taskTags)) {
    if (labels.length > 0) checkLabelsExist(catalog, labels);
    if (isPut) draft.taskTags[task] = unionOfLabels(labels, original.taskTags[task] ?? []);
  }

  const own: Json = { ...draft.own };
  const assign = (name: string, value: unknown): void => {
    if (value === undefined) delete own[name];
    else own[name] = value;
  };
  assign('description', keptText(original.own.description, draft.own.description, keeps));
  assign('displayName', keptText(original.own.displayName, draft.own.displayName, keeps && rules.botKeepsDisplayName));
  const tasks = mergeTasks(original, draft, keeps);
  assign('tasks', tasks);

  const owners = isPut && draft.owners.length === 0 ? original.owners : draft.owners;
  const keepsDomain = keeps && rules.has('botKeepsDomain') && original.domains.length > 0;
  const domains = isPut && (draft.domains.length === 0 || keepsDomain) ? original.domains : draft.domains;
  const tags = mergeLabels(catalog, original, draft.tags, isPut);

  const changes = createChanges();
  if (original.deleted) changes.record('deleted', true, false);
  changes.record('description', base.own.description, own.description);
  changes.record('displayName', base.own.displayName, own.displayName);
  recordOwners(catalog, changes, { before: base.owners, after: owners });
  recordLabels(changes, base.tags, tags);
  changes.record(rules.has('domainsAsList') ? 'domains' : 'domain', base.domains, domains);
  if (original.type === 'pipeline') recordTasks(changes, base, tasks);
  if (own.connection !== undefined || original.own.connection !== undefined) {
    changes.recordReplaced('connection', base.own.connection, own.connection);
  }
  for (const name of kind.tracked) changes.record(name, base.own[name], own[name]);

  const { change: _change, previous: _previous, ...rest } = original;
  const merged: Entity = { ...rest, deleted: false, own, tags, taskTags: draft.taskTags, owners, domains };
  const isContinued = base !== original;
  if (changes.isEmpty() && !isContinued) {
    const echo: Entity = { ...merged };
    if (!isDeepStrictEqual(original.tags, tags)) catalog.changes += 1;
    if (!rules.has('lastChangeShown')) echo.change = noChange(original.version);
    else if (original.change) echo.change = original.change;
    return { entity: echo, changed: false };
  }
  const { previous: _older, ...basis } = base;
  const stored = replace(catalog, {
    ...merged,
    version: changes.isEmpty() ? base.version : nextVersion(base.version),
    updatedAt: catalog.now(),
    updatedBy: caller.name,
    change: changes.describe(base.version),
    previous: basis,
  });
  if (!isDeepStrictEqual(viewOfChange(original), viewOfChange(stored))) catalog.changes += 1;
  return { entity: stored, changed: true };
}

/** What two rows must share to be the same to a reader. */
const viewOfChange = ({ own, tags, taskTags, owners, domains, deleted }: Entity): unknown => [
  own,
  tags,
  taskTags,
  owners,
  domains,
  deleted,
];

/** 404 for a label of a new entity that has no tag; on versions that look too late, after the row is stored. */
export function checkNewLabels(catalog: Catalog, draft: Draft): void {
  const labels = [...(draft.tags ?? []), ...Object.values(draft.taskTags).flat()];
  checkLabelsExist(catalog, labels);
  checkLabelsAgree(catalog, draft.tags ?? []);
}
