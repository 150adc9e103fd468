import { type Catalog, childrenOf, findById } from './catalog.js';
import { type Entity, type EntityType, entityKinds, type Json, listOf, type Task } from './entities.js';
import { expandReferences, linkTo, referenceTo } from './references.js';
import { refuse } from './refusals.js';
import { latestStatus } from './status-store.js';
import { viewLabels } from './tag-labels.js';

/** Which of the parts that are not always there an answer has. */
export type Fields = ReadonlySet<string>;

/** What a GET with `fields=*`, a PATCH and a DELETE answer with. */
export const allFields: Fields = new Set([
  'tasks',
  'tags',
  'owner',
  'owners',
  'domain',
  'domains',
  'dataProducts',
  'followers',
  'votes',
  'pipelineStatus',
  'columns',
  'tableConstraints',
  'viewDefinition',
  'schemaDefinition',
  'messageSchema',
  'fields',
  'dataModel',
  'parent',
  'children',
]);

/** Fields that only some types of datasets have. */
const typesOfField: Record<string, EntityType[]> = {
  columns: ['table'],
  dataModel: ['table', 'container'],
  parent: ['container'],
  children: ['container'],
  messageSchema: ['topic'],
  fields: ['searchIndex'],
};

/**
 * Parts that a GET has only when its `fields` name them, although they are stored with the entity. The columns of a table are not
 * among them: they always come (by OpenMetadata's sources of 1.2 and later; no recording reads a table).
 */
const hiddenUnlessNamed: Partial<Record<EntityType, string[]>> = {
  table: ['tableConstraints', 'viewDefinition', 'schemaDefinition'],
  container: ['dataModel'],
};

/** Properties of other versions than the asked one, which no version has both of. */
function unknownFields(catalog: Catalog, type: EntityType): (field: string) => boolean {
  const { rules, shapes } = catalog;
  const known = type === 'pipeline' ? shapes.pipeline?.Pipeline?.properties : undefined;
  if (known) return (field) => !Object.hasOwn(known, field);
  const others = new Set([
    rules.has('ownersAsList') ? 'owner' : 'owners',
    rules.has('domainsAsList') ? 'domain' : 'domains',
    'nope',
  ]);
  return (field) => others.has(field) || typesOfField[field]?.includes(type) === false;
}

/** Reads `fields=a,b`; a name that the version does not know is 400. */
export function readFields(catalog: Catalog, type: EntityType, text: string | undefined): Fields {
  if (text === undefined || text === '') return new Set();
  if (text === '*') return allFields;
  const isUnknown = unknownFields(catalog, type);
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find(isUnknown);
  if (unknown !== undefined) throw refuse(400, `Invalid field name ${unknown}`);
  return new Set(names);
}

const named = (): boolean => true;

function viewTasks(catalog: Catalog, entity: Entity, withTags: boolean): Json[] {
  return listOf<Task>(entity.own.tasks).map((task) =>
    withTags ? { ...task, tags: viewLabels(catalog, entity.taskTags[task.name] ?? [], named) } : task,
  );
}

/** The references to everything that holds an entity: service, schema, database, classification. */
function viewParents(catalog: Catalog, entity: Entity): Json {
  const view: Json = {};
  let child = entity;
  for (;;) {
    const parent = entityKinds[child.type].parent;
    const holder = parent && child.parentId !== undefined ? findById(catalog, parent.type, child.parentId) : undefined;
    if (!parent || !holder) return view;
    const isService = holder.type.endsWith('Service');
    view[isService ? 'service' : parent.property] = referenceTo(catalog, holder);
    if (isService && entity.type !== 'ingestionPipeline') view.serviceType = holder.own.serviceType;
    child = holder;
  }
}

/** Owners and domains in the shape of the version; empty lists as the version shows them. */
function viewPeople(catalog: Catalog, entity: Entity, fields: Fields): Json {
  const { rules } = catalog;
  const view: Json = {};
  const owners = expandReferences(catalog, entity.owners);
  if (rules.has('ownersAsList')) {
    if (fields.has('owners')) view.owners = owners;
  } else if (fields.has('owner') && owners[0]) view.owner = owners[0];
  const domains = expandReferences(
    catalog,
    entity.domains.map((id) => ({ type: 'domain', id })),
  );
  if (rules.has('domainsAsList')) {
    if (fields.has('domains')) view.domains = domains;
  } else if (fields.has('domain') && domains[0]) view.domain = domains[0];
  return view;
}

/** The container around a nested one, and those in it. */
function viewNest(catalog: Catalog, entity: Entity, fields: Fields): Json {
  if (entity.type !== 'container') return {};
  const around = entity.withinId === undefined ? undefined : findById(catalog, 'container', entity.withinId);
  return {
    ...(fields.has('parent') && around ? { parent: referenceTo(catalog, around) } : {}),
    ...(fields.has('children')
      ? { children: childrenOf(catalog, entity).map((child) => referenceTo(catalog, child)) }
      : {}),
  };
}

/** What every answer has of an entity. */
export function viewBase(catalog: Catalog, entity: Entity): Json {
  const { tasks: _tasks, ...own } = entity.own;
  const view: Json = {
    id: entity.id,
    name: entity.name,
    fullyQualifiedName: entity.fullyQualifiedName,
    ...own,
    version: entity.version,
    updatedAt: entity.updatedAt,
    updatedBy: entity.updatedBy,
    href: linkTo(catalog, entity),
    ...viewParents(catalog, entity),
  };
  if (entity.change) view.changeDescription = entity.change;
  if (entity.type !== 'domain') view.deleted = entity.deleted;
  return view;
}

/** An entity as a GET answers it. */
export function viewEntity(catalog: Catalog, entity: Entity, fields: Fields): Json {
  const view = {
    ...viewBase(catalog, entity),
    ...viewPeople(catalog, entity, fields),
    ...viewNest(catalog, entity, fields),
  };
  for (const part of hiddenUnlessNamed[entity.type] ?? []) if (!fields.has(part)) delete view[part];
  const isPipeline = entity.type === 'pipeline';
  if (isPipeline && fields.has('tasks') && entity.own.tasks !== undefined) {
    view.tasks = viewTasks(catalog, entity, fields.has('tags'));
  }
  if (fields.has('tags')) view.tags = viewLabels(catalog, entity.tags, named);
  if (isPipeline && fields.has('followers')) view.followers = [];
  if (isPipeline && fields.has('pipelineStatus')) {
    const status = latestStatus(catalog, entity.fullyQualifiedName);
    if (status) view.pipelineStatus = status;
  }
  return view;
}

/** An entity as DELETE, PATCH and restore answer it: with all parts that belong to the entity itself. */
export function viewWhole(catalog: Catalog, entity: Entity): Json {
  const view = viewEntity(catalog, entity, allFields);
  delete view.pipelineStatus;
  delete view.children;
  if (entity.type === 'pipeline') view.votes = { upVotes: 0, downVotes: 0, upVoters: [], downVoters: [] };
  if (catalog.rules.has('dataProducts')) view.dataProducts = [];
  return view;
}

/** Types that list their owners also in the answer that creates them (recorded). */
const showsOwnersWhenNew: ReadonlySet<EntityType> = new Set(['databaseSchema', 'table']);

/**
 * An entity as PUT and POST answer it: what the body had, merged with what was kept. Tags are there only if the body had some,
 * although the stored ones are kept.
 */
export function viewWritten(catalog: Catalog, entity: Entity, options: { body: Json; isNew: boolean }): Json {
  const { body, isNew } = options;
  const { rules } = catalog;
  const nest = viewNest(catalog, entity, new Set(['parent']));
  const view = { ...viewBase(catalog, entity), ...viewPeople(catalog, entity, allFields), ...nest };
  const hasOwners = entityKinds[entity.type].owned !== false && (!isNew || showsOwnersWhenNew.has(entity.type));
  if (entity.owners.length === 0 && !hasOwners) delete view.owners;
  const isPerson = entity.type === 'user' || entity.type === 'team';
  if (isPerson && rules.has('peopleInFull')) view.domains ??= [];
  else if (entity.domains.length === 0) delete view.domains;
  if (entity.own.tasks !== undefined) {
    const withTags = new Set(listOf<Task>(body.tasks).flatMap((task) => (task.tags === undefined ? [] : [task.name])));
    view.tasks = listOf<Task>(entity.own.tasks).map((task) =>
      withTags.has(task.name)
        ? { ...task, tags: viewLabels(catalog, entity.taskTags[task.name] ?? [], () => rules.has('labelsHaveName')) }
        : task,
    );
  }
  if (body.tags !== undefined) {
    const given = new Set(listOf<Json>(body.tags).map((tag) => tag.tagFQN));
    view.tags = viewLabels(catalog, entity.tags, ({ tagFQN }) => rules.has('labelsHaveName') || !given.has(tagFQN));
  }
  return view;
}
