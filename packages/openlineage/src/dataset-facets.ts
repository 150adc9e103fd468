import type { FacetMaker } from './facets.js';
import { inputFields } from './lineage-facet.js';
import type { NamedDataset, PipelineLineage } from './pipeline-lineage.js';
import type { Described, Facets } from './types.js';

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

/** What a URI may consist of (RFC 3986), after a scheme. */
const uri = /^[a-z][a-z0-9+.-]*:\/\/[\w.~:/@!$&'()*+,;=%-]+$/i;

function dataSource({ namespace, dataset }: NamedDataset, facet: FacetMaker): Facets {
  if (dataset === undefined) return {};
  const fields = { name: dataset.connections[0] ?? namespace, ...(uri.test(namespace) && { uri: namespace }) };
  return { dataSource: facet('dataSource', fields) };
}

function columnLineage(fields: ReturnType<typeof inputFields>, facet: FacetMaker): Facets {
  if (fields.size === 0) return {};
  const byColumn = [...fields].map(([column, inputs]) => [column, { inputFields: inputs }] as const);
  return { columnLineage: facet('columnLineage', { fields: Object.fromEntries(byColumn) }) };
}
