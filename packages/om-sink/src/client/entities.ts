import type { ColumnLineage } from '@flowmeta/om-mapper';
import { z } from 'zod';

/** Only what is read; whatever else a server adds is let pass. */
export const versionSchema = z.object({ version: z.string() });

export const userSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullish(),
  isBot: z.boolean().nullish(),
});

export const teamSchema = z.object({ id: z.string(), name: z.string(), teamType: z.string().nullish() });

export const serviceSchema = z.object({
  id: z.string(),
  name: z.string(),
  fullyQualifiedName: z.string(),
  serviceType: z.string().nullish(),
  deleted: z.boolean().nullish(),
});

/** Kept whole: a PATCH sends the tags that stay as the server has them. */
const tagLabelSchema = z.looseObject({ tagFQN: z.string(), labelType: z.string().nullish() });

const referenceSchema = z.object({ id: z.string(), type: z.string(), name: z.string().nullish() });

const domainReferenceSchema = referenceSchema.extend({ fullyQualifiedName: z.string().nullish() });

export const pipelineSchema = z.object({
  id: z.string(),
  name: z.string(),
  fullyQualifiedName: z.string(),
  displayName: z.string().nullish(),
  description: z.string().nullish(),
  deleted: z.boolean().nullish(),
  sourceHash: z.string().nullish(),
  pipelineLocation: z.string().nullish(),
  sourceUrl: z.string().nullish(),
  // Only shown: whatever else a server has there must not make a pipeline unreadable.
  scheduleInterval: z.string().nullish().catch(null),
  concurrency: z.number().nullish().catch(null),
  tasks: z
    .array(z.looseObject({ name: z.string() }))
    .nullish()
    .catch(null),
  updatedBy: z.string().nullish(),
  service: z.object({ name: z.string().nullish(), fullyQualifiedName: z.string().nullish() }).nullish(),
  tags: z.array(tagLabelSchema).nullish(),
  owner: referenceSchema.nullish(),
  owners: z.array(referenceSchema).nullish(),
  domain: domainReferenceSchema.nullish(),
  domains: z.array(domainReferenceSchema).nullish(),
});

export const pipelinePageSchema = z.object({
  data: z.array(pipelineSchema),
  paging: z.object({ after: z.string().nullish(), total: z.number().nullish() }).nullish(),
});

export const statusPageSchema = z.object({
  data: z.array(z.looseObject({ timestamp: z.number(), executionStatus: z.string().nullish() })),
  paging: z.object({ total: z.number().nullish() }).nullish(),
});

export const classificationSchema = z.object({ name: z.string(), mutuallyExclusive: z.boolean().nullish() });

export const tagSchema = z.object({ name: z.string(), fullyQualifiedName: z.string() });

export const domainSchema = z.object({ id: z.string(), fullyQualifiedName: z.string() });

export const tagPageSchema = z.object({
  data: z.array(tagSchema),
  paging: z.object({ after: z.string().nullish() }).nullish(),
});

const identifiedSchema = z.object({ id: z.string() });

export const permissionsSchema = z.object({
  permissions: z.array(z.object({ operation: z.string(), access: z.string() })).nullish(),
});

const edgeSchema = z.object({
  fromEntity: z.union([z.string(), identifiedSchema]),
  toEntity: z.union([z.string(), identifiedSchema]),
  lineageDetails: z
    .looseObject({
      source: z.string().nullish(),
      description: z.string().nullish(),
      sqlQuery: z.string().nullish(),
      columnsLineage: z
        .array(
          z.object({
            fromColumns: z.array(z.string()).nullish(),
            toColumn: z.string().nullish(),
            function: z.string().nullish(),
          }),
        )
        .nullish(),
      pipeline: identifiedSchema.nullish(),
    })
    .nullish(),
});

const nodeSchema = z.object({
  id: z.string(),
  type: z.string(),
  fullyQualifiedName: z.string().nullish(),
  deleted: z.boolean().nullish(),
});

export const lineageSchema = z.object({
  // Every version says whose edges they are; without it, no edges would be no answer either.
  entity: identifiedSchema,
  nodes: z.array(nodeSchema).nullish(),
  upstreamEdges: z.array(edgeSchema).nullish(),
  downstreamEdges: z.array(edgeSchema).nullish(),
});

export const userSearchSchema = z.object({
  hits: z.object({ hits: z.array(z.object({ _source: userSchema })) }),
});

export type OmUser = z.output<typeof userSchema>;
export type OmTeam = z.output<typeof teamSchema>;
export type OmService = z.output<typeof serviceSchema>;
export type OmPipeline = z.output<typeof pipelineSchema>;
export type OmClassification = z.output<typeof classificationSchema>;
export type OmDomain = z.output<typeof domainSchema>;
export type OmTag = z.output<typeof tagSchema>;
/** A status as the server has it; `timestamp` in ms. */
export type OmStatus = z.output<typeof statusPageSchema>['data'][number];

/** The edges next to an entity. */
export interface OmLineage {
  upstream: OmEdge[];
  downstream: OmEdge[];
  /** The entities at their other ends, by id; soft-deleted ones are left out. */
  nodes: Map<string, { type: string; fqn: string }>;
}

/** An edge of the lineage graph, by ids. */
export interface OmEdge {
  from: string;
  to: string;
  details: {
    source?: string;
    description?: string;
    sqlQuery?: string;
    columnsLineage?: ColumnLineage[];
    /** Id of the pipeline that moves the data. */
    pipeline?: string;
  };
}

const idOf = (end: string | { id: string }): string => (typeof end === 'string' ? end : end.id);

/** One edge of a lineage answer in the shape that the sink compares. */
function toEdge(edge: z.output<typeof edgeSchema>): OmEdge {
  const details = edge.lineageDetails;
  return {
    from: idOf(edge.fromEntity),
    to: idOf(edge.toEntity),
    details: {
      ...(details?.source ? { source: details.source } : {}),
      ...(details?.description ? { description: details.description } : {}),
      ...(details?.sqlQuery ? { sqlQuery: details.sqlQuery } : {}),
      ...(details?.columnsLineage?.length ? { columnsLineage: details.columnsLineage.map(toColumnLineage) } : {}),
      ...(details?.pipeline ? { pipeline: details.pipeline.id } : {}),
    },
  };
}

function toColumnLineage(column: {
  fromColumns?: string[] | null | undefined;
  toColumn?: string | null | undefined;
  function?: string | null | undefined;
}): ColumnLineage {
  return {
    fromColumns: column.fromColumns ?? [],
    toColumn: column.toColumn ?? '',
    ...(column.function ? { function: column.function } : {}),
  };
}

/** A lineage answer in the shape that the sink compares. */
export function toLineage(lineage: z.output<typeof lineageSchema> | undefined): OmLineage {
  const nodes: OmLineage['nodes'] = new Map();
  for (const { id, type, fullyQualifiedName, deleted } of lineage?.nodes ?? []) {
    if (fullyQualifiedName && deleted !== true) nodes.set(id, { type, fqn: fullyQualifiedName });
  }
  return {
    upstream: (lineage?.upstreamEdges ?? []).map(toEdge),
    downstream: (lineage?.downstreamEdges ?? []).map(toEdge),
    nodes,
  };
}
