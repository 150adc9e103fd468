import type { FacetMaker } from './facets.js';
import { inputFields } from './lineage-facet.js';
import type { NamedDataset, PipelineLineage } from './pipeline-lineage.js';
import type { Described, Facets } from './types.js';
import { isUri } from './uri.js';

/** The datasets that a pipeline reads and writes, as inputs and outputs of its job. */
export function datasetsOf(lineage: PipelineLineage, facet: FacetMaker): { inputs: Described[]; outputs: Described[] } {
  const described = (dataset: NamedDataset, facets: Facets = {}): Described => ({
    namespace: dataset.namespace,
    name: dataset.name,
    facets: { ...dataSource(dataset, facet), ...facets },
  });
  return {
    inputs: lineage.inputs.map((dataset) => described(dataset)),
    outputs: lineage.targets.map((target) => described(target.dataset, columnLineage(inputFields(target), facet))),
  };
}

function dataSource({ namespace, dataset }: NamedDataset, facet: FacetMaker): Facets {
  if (dataset === undefined) return {};
  const fields = { name: dataset.connections[0] ?? namespace, ...(isUri(namespace) && { uri: namespace }) };
  return { dataSource: facet('dataSource', fields) };
}

function columnLineage(fields: ReturnType<typeof inputFields>, facet: FacetMaker): Facets {
  if (fields.size === 0) return {};
  const byColumn = [...fields].map(([column, inputs]) => [column, { inputFields: inputs }] as const);
  return { columnLineage: facet('columnLineage', { fields: Object.fromEntries(byColumn) }) };
}
