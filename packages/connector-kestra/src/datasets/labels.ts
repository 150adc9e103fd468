import type { EntityReference } from '@flowmeta/connector';
import type { KestraLabel } from '@flowmeta/kestra-client';

type EntityNamed = Extract<EntityReference, { kind: 'entity' }>;

/** Entities of the catalog that a flow's labels name: each source flows into each destination by way of the flow. */
export interface LabelledEntities {
  sources: EntityNamed[];
  destinations: EntityNamed[];
}

const meanings: Readonly<Record<string, { side: keyof LabelledEntities; type?: 'table' }>> = {
  'om-source': { side: 'sources' },
  'om-destination': { side: 'destinations' },
  'openmetadata.table.input': { side: 'sources', type: 'table' },
  'openmetadata.table.output': { side: 'destinations', type: 'table' },
};

/**
 * The entities that the labels `om-source`, `om-destination`, `openmetadata.table.input` and `openmetadata.table.output` name by their
 * FQNs, several separated by commas. A value with a template names nothing: Kestra doesn't render labels of a flow.
 */
export function labelledEntities(labels: readonly KestraLabel[]): LabelledEntities {
  const found: LabelledEntities = { sources: [], destinations: [] };
  for (const { key, value } of labels) {
    const meaning = Object.hasOwn(meanings, key) ? meanings[key] : undefined;
    if (meaning === undefined || value.includes('{{')) continue;
    const list = found[meaning.side];
    for (const fqn of namesIn(value)) {
      if (list.some((other) => other.fqn === fqn)) continue;
      list.push({ kind: 'entity', fqn, ...(meaning.type && { type: meaning.type }) });
    }
  }
  return found;
}

/** Names separated by commas; a comma within quotes is part of a name. */
const namesIn = (text: string): string[] =>
  [...text.slice(0, 20_000).matchAll(/(?:"[^"]*"|[^,"]|")+/g)]
    .map(([name]) => name.trim())
    .filter((name) => name !== '');
