import { type Catalog, findById, findByName } from './catalog.js';
import { type Entity, type Json, listOf, type TagLabel } from './entities.js';
import { notFound, refuse } from './refusals.js';

/** The labels of a body with the defaults of the server, or `undefined` where the body has none. Derived ones are left out. */
export function readLabels(tags: unknown): TagLabel[] | undefined {
  if (tags === undefined) return undefined;
  const labels = new Map<string, TagLabel>();
  for (const tag of listOf<Json>(tags)) {
    const tagFQN = String(tag.tagFQN);
    // The server puts derived labels on by itself and drops those of a body (recorded).
    if (tag.labelType === 'Derived' || labels.has(tagFQN)) continue;
    labels.set(tagFQN, {
      tagFQN,
      source: String(tag.source ?? 'Classification'),
      labelType: String(tag.labelType ?? 'Manual'),
      state: String(tag.state ?? 'Confirmed'),
    });
  }
  return [...labels.values()];
}

/** The tag that a label names. Labels of glossaries are taken as they are. */
function tagOf(catalog: Catalog, label: TagLabel): Entity | undefined {
  const tag = findByName(catalog, 'tag', label.tagFQN);
  return tag && !tag.deleted ? tag : undefined;
}

/** 404 for the first label whose tag does not exist (OM fact 14). */
export function checkLabelsExist(catalog: Catalog, labels: TagLabel[]): void {
  const unknown = labels.find((label) => label.source === 'Classification' && !tagOf(catalog, label));
  if (unknown) throw notFound('tag', unknown.tagFQN);
}

/** 400 for two labels of a classification whose tags exclude each other. */
export function checkLabelsAgree(catalog: Catalog, labels: TagLabel[]): void {
  const seen = new Map<string, string>();
  for (const label of labels) {
    const parentId = tagOf(catalog, label)?.parentId;
    const classification = parentId === undefined ? undefined : findById(catalog, 'classification', parentId);
    if (classification?.own.mutuallyExclusive !== true) continue;
    const other = seen.get(classification.id);
    if (other !== undefined) {
      throw refuse(
        400,
        `Tag labels ${label.tagFQN} and ${other} are mutually exclusive and can't be assigned together`,
      );
    }
    seen.set(classification.id, label.tagFQN);
  }
}

/** The body's labels and those of the entity that the body does not name: a PUT never removes one. */
export function unionOfLabels(labels: TagLabel[], stored: TagLabel[]): TagLabel[] {
  const given = new Set(labels.map((label) => label.tagFQN));
  return [...labels, ...stored.filter((label) => !given.has(label.tagFQN))];
}

export const sortLabels = (labels: TagLabel[]): TagLabel[] =>
  [...labels].sort((a, b) => (a.tagFQN < b.tagFQN ? -1 : a.tagFQN > b.tagFQN ? 1 : 0));

/** The labels of a refused write that 1.2 has stored by then: in order, up to the first unknown one (OM fact 14). */
export function labelsBeforeUnknown(catalog: Catalog, labels: TagLabel[]): TagLabel[] {
  const sorted = sortLabels(labels);
  const end = sorted.findIndex((label) => label.source === 'Classification' && !tagOf(catalog, label));
  return end < 0 ? sorted : sorted.slice(0, end);
}

/** Labels as an answer has them. `isNamed` says which ones come with the tag's name, as in a GET all do. */
export function viewLabels(catalog: Catalog, labels: TagLabel[], isNamed: (label: TagLabel) => boolean): Json[] {
  return labels.map((label) => {
    const tag = tagOf(catalog, label);
    const view: Json = { tagFQN: label.tagFQN };
    if (tag && isNamed(label)) view.name = tag.name;
    if (tag?.own.description !== undefined) view.description = tag.own.description;
    return Object.assign(view, { source: label.source, labelType: label.labelType, state: label.state });
  });
}
