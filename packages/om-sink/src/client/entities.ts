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

const referenceSchema = z.object({ id: z.string(), type: z.string() });

export const pipelineSchema = z.object({
  id: z.string(),
  name: z.string(),
  fullyQualifiedName: z.string(),
  displayName: z.string().nullish(),
  description: z.string().nullish(),
  deleted: z.boolean().nullish(),
  sourceHash: z.string().nullish(),
  pipelineLocation: z.string().nullish(),
  service: z.object({ name: z.string().nullish(), fullyQualifiedName: z.string().nullish() }).nullish(),
  tags: z.array(tagLabelSchema).nullish(),
  owner: referenceSchema.nullish(),
  owners: z.array(referenceSchema).nullish(),
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

export const tagPageSchema = z.object({
  data: z.array(tagSchema),
  paging: z.object({ after: z.string().nullish() }).nullish(),
});

export const identifiedSchema = z.object({ id: z.string() });

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
      columnsLineage: z.array(z.unknown()).nullish(),
      pipeline: identifiedSchema.nullish(),
    })
    .nullish(),
});

export const lineageSchema = z.object({
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
export type OmTag = z.output<typeof tagSchema>;
/** A status as the server has it; `timestamp` in ms. */
export type OmStatus = z.output<typeof statusPageSchema>['data'][number];

/** An edge of the lineage graph, by ids. */
export interface OmEdge {
  from: string;
  to: string;
  details: {
    source?: string;
    description?: string;
    sqlQuery?: string;
    columnsLineage?: unknown[];
    /** Id of the pipeline that moves the data. */
    pipeline?: string;
  };
}

const idOf = (end: string | { id: string }): string => (typeof end === 'string' ? end : end.id);

/** One edge of a lineage answer in the shape that the sink compares. */
export function toEdge(edge: z.output<typeof edgeSchema>): OmEdge {
  const details = edge.lineageDetails;
  return {
    from: idOf(edge.fromEntity),
    to: idOf(edge.toEntity),
    details: {
      ...(details?.source ? { source: details.source } : {}),
      ...(details?.description ? { description: details.description } : {}),
      ...(details?.sqlQuery ? { sqlQuery: details.sqlQuery } : {}),
      ...(details?.columnsLineage?.length ? { columnsLineage: details.columnsLineage } : {}),
      ...(details?.pipeline ? { pipeline: details.pipeline.id } : {}),
    },
  };
}
