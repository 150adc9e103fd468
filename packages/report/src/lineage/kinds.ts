import type { EntityReference } from '@flowmeta/connector';

/** What a node stands for, as far as a reader cares. `data`: something in the catalog of which only the name is known. */
export type LineageKind = 'pipeline' | 'table' | 'file' | 'topic' | 'searchIndex' | 'dashboard' | 'data';

/** Each kind in words, in the order of a legend. */
export const kindNouns: Readonly<Record<LineageKind, string>> = {
  pipeline: 'pipeline',
  table: 'table',
  file: 'file or folder',
  topic: 'topic',
  searchIndex: 'search index',
  dashboard: 'dashboard',
  data: 'data',
};

/** What a newer connector names and this doesn't know is `data`. */
export function kindOf(reference: EntityReference): LineageKind {
  if (reference.kind === 'pipeline') return 'pipeline';
  const kind = reference.kind === 'dataset' ? reference.dataset.kind : (reference.type ?? 'data');
  if (kind === 'container') return 'file';
  return Object.hasOwn(kindNouns, kind) ? kind : 'data';
}
