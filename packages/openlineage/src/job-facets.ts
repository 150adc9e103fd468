import type { Pipeline, Task } from '@flowmeta/connector';
import type { EventContext } from './event-context.js';
import type { Facets } from './types.js';
import { isUri } from './uri.js';

/** What the definition of a pipeline says about its job. */
export function pipelineFacets(name: string, { facet, integration, pipelines, lineage }: EventContext): Facets {
  const pipeline = pipelines.get(name);
  const statements = lineage.get(name)?.statements ?? [];
  return {
    ...jobType('FLOW', { facet, integration }),
    ...(pipeline && describedFacets(pipeline, { facet, integration })),
    // Several statements in one text, as other producers send them.
    ...(statements.length > 0 && { sql: facet('sql', { query: statements.join(';\n') }) }),
  };
}

/** What the definition of a task says about its job. */
export function taskFacets(
  { description, sql, sourceUrl }: Task,
  { pipeline, context }: { pipeline: Pipeline; context: EventContext },
): Facets {
  const { facet, integration } = context;
  const source = { ...(sourceUrl !== undefined && { sourceUrl }), ...revisionOf(pipeline) };
  return {
    ...jobType('TASK', { facet, integration }),
    ...documentation(description, { facet, integration }),
    ...sourceLocation(source, { facet, integration }),
    ...(sql !== undefined && { sql: facet('sql', { query: sql }) }),
  };
}

type Makers = Pick<EventContext, 'facet' | 'integration'>;

function jobType(type: 'FLOW' | 'TASK', { facet, integration }: Makers): Facets {
  return { jobType: facet('jobType', { processingType: 'BATCH', integration, jobType: type }) };
}

function describedFacets(pipeline: Pipeline, makers: Makers): Facets {
  const { facet, integration } = makers;
  const { labels, owners, description } = pipeline;
  const tags = labels.map(({ key, value }) => ({ key, value, source: integration }));
  return {
    ...documentation(description, makers),
    ...sourceLocation(pipeline, makers),
    ...(owners.length > 0 && { ownership: facet('ownership', { owners: owners.map(({ name }) => ({ name })) }) }),
    ...(tags.length > 0 && { tags: facet('jobTags', { tags }) }),
  };
}

function documentation(description: string | undefined, { facet }: Makers): Facets {
  if (description === undefined) return {};
  return { documentation: facet('documentation', { description, contentType: 'text/markdown' }) };
}

/** The orchestrator keeps the definition and its revisions, so it is what "the source control system" means here. */
function sourceLocation(
  { sourceUrl, revision }: Pick<Pipeline, 'sourceUrl' | 'revision'>,
  { facet, integration }: Makers,
): Facets {
  if (sourceUrl === undefined || !/^https?:\/\/[^@/]+(\/|$)/i.test(sourceUrl) || !isUri(sourceUrl)) return {};
  const version = revision === undefined ? {} : { version: revision };
  return {
    sourceCodeLocation: facet('sourceCodeLocation', { type: integration.toLowerCase(), url: sourceUrl, ...version }),
  };
}

const revisionOf = ({ revision }: Pipeline) => (revision === undefined ? {} : { revision });
