import type { Facet } from './types.js';

/** Version of the OpenLineage specification that the events follow. */
export const specVersion = '2-0-2';

/** Who made the events, unless told otherwise. */
export const defaultProducer = 'https://github.com/flowmeta/flowmeta';

const specification = 'https://openlineage.io/spec';

/** Each facet at its version as of OpenLineage 1.54. */
const schemas = {
  documentation: '1-1-0/DocumentationJobFacet.json#/$defs/DocumentationJobFacet',
  sql: '1-1-0/SQLJobFacet.json#/$defs/SQLJobFacet',
  ownership: '1-0-1/OwnershipJobFacet.json#/$defs/OwnershipJobFacet',
  jobType: '2-0-4/JobTypeJobFacet.json#/$defs/JobTypeJobFacet',
  sourceCodeLocation: '1-1-0/SourceCodeLocationJobFacet.json#/$defs/SourceCodeLocationJobFacet',
  jobTags: '1-0-0/TagsJobFacet.json#/$defs/TagsJobFacet',
  jobLineage: '1-0-0/LineageFacet.json#/$defs/LineageJobFacet',
  parent: '1-2-0/ParentRunFacet.json#/$defs/ParentRunFacet',
  jobDependencies: '1-0-1/JobDependenciesRunFacet.json#/$defs/JobDependenciesRunFacet',
  nominalTime: '1-0-1/NominalTimeRunFacet.json#/$defs/NominalTimeRunFacet',
  errorMessage: '1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet',
  runTags: '1-0-0/TagsRunFacet.json#/$defs/TagsRunFacet',
  columnLineage: '1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet',
  dataSource: '1-0-1/DatasourceDatasetFacet.json#/$defs/DatasourceDatasetFacet',
} as const;

/** Makes a facet of a kind out of its fields. */
export type FacetMaker = (kind: keyof typeof schemas, fields: Record<string, unknown>) => Facet;

export function facetMaker(producer: string): FacetMaker {
  return (kind, fields) => ({
    _producer: producer,
    _schemaURL: `${specification}/facets/${schemas[kind]}`,
    ...fields,
  });
}

/** Names the schema of an event. */
export function eventSchema(kind: 'JobEvent' | 'RunEvent'): string {
  return `${specification}/${specVersion}/OpenLineage.json#/$defs/${kind}`;
}
