import {
  type Dataset,
  datasetLabel,
  type EntityReference,
  type LineageEdge,
  type LineageGap,
} from '@flowmeta/connector';
import { type EdgeEnds, type EndMatch, endKey } from './edge-ends.js';

const configKeys: Readonly<Record<Dataset['kind'], string>> = {
  table: 'dbServiceNames',
  container: 'storageServiceNames',
  topic: 'messagingServiceNames',
  searchIndex: 'datasetServices',
};

const words: Readonly<Record<Dataset['kind'], string>> = {
  table: 'table',
  container: 'container for',
  topic: 'topic',
  searchIndex: 'search index',
};

/** What the user should know of the ends of an edge that could not be placed in the catalog. */
export function gapsOf(edge: LineageEdge, ends: EdgeEnds): LineageGap[] {
  const named = [edge.from, edge.to].find((end) => end.kind === 'pipeline');
  const pipeline = edge.pipeline ?? named?.name ?? '';
  return [edge.from, edge.to].flatMap((reference) => {
    const match = ends.get(endKey(reference));
    const gap = match === undefined || reference.kind === 'pipeline' ? undefined : gapOf(reference, match);
    return gap === undefined ? [] : [{ pipeline, ...gap }];
  });
}

function gapOf(
  reference: Exclude<EntityReference, { kind: 'pipeline' }>,
  match: EndMatch,
): Omit<LineageGap, 'pipeline'> | undefined {
  if (match.kind !== 'missing' && match.kind !== 'ambiguous') return undefined;
  if (reference.kind === 'entity') {
    return {
      reason: 'missing',
      message: `OpenMetadata has no ${reference.type ?? 'entity'} ${reference.fqn}`,
      hint: 'Check the name: it is the fully qualified one of OpenMetadata, with names that hold a dot in quotes.',
    };
  }
  const { dataset } = reference;
  const what = `${words[dataset.kind]} ${datasetLabel(dataset)}`;
  const server = dataset.connections[0] ?? dataset.platform;
  if (match.kind === 'ambiguous') {
    return {
      reason: 'ambiguous',
      message: `OpenMetadata has several entities that may be the ${what} of ${server}`,
      hint: `Say which service is meant: map ${server} to it in lineageInformation.datasetServices.`,
      candidates: match.candidates,
    };
  }
  const connector = `OpenMetadata's own connector for ${dataset.platform}`;
  const services = match.services.length > 3 ? `${match.services.length} services` : match.services.join(', ');
  return {
    reason: 'missing',
    message: `OpenMetadata has no ${what} of ${server}`,
    hint:
      match.services.length === 0
        ? `No service of OpenMetadata fits. Ingest it with ${connector}, or map ${server} to a service in lineageInformation.datasetServices.`
        : `Looked for in ${services}. Ingest it with ${connector}, or name its service in lineageInformation.${configKeys[dataset.kind]}.`,
  };
}
