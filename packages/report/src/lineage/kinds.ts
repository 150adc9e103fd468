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

export function kindOf(reference: EntityReference): LineageKind {
  switch (reference.kind) {
    case 'pipeline':
      return 'pipeline';
    case 'entity':
      return reference.type === 'container' ? 'file' : (reference.type ?? 'data');
    case 'dataset':
      return reference.dataset.kind === 'container' ? 'file' : reference.dataset.kind;
  }
}
