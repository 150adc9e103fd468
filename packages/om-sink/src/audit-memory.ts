import { type Capabilities, capabilitiesFor, ownHashOf } from '@flowmeta/om-mapper';
import type { OmEdge, OmPipeline, OmStatus } from './client/entities.js';

/** Pipelines whose statuses are remembered: those that are being written, and not all of them. */
const pipelinesWithStatuses = 64;

export type AuditMemory = ReturnType<typeof createAuditMemory>;

/** What the answers have told so far: names by id, and what was there before a write. */
export function createAuditMemory() {
  let capabilities: Capabilities | undefined;
  const names = new Map<string, string>();
  const hashes = new Map<string, string>();
  const statuses = new Map<string, Map<number, OmStatus>>();
  const edges = new Map<string, OmEdge['details']>();

  /** As it was written, also where it had to be kept in another field (1.2). */
  const hashOf = (pipeline: Pick<OmPipeline, 'sourceHash' | 'pipelineLocation'>): string | undefined => {
    const { sourceHash = null, pipelineLocation = null } = pipeline;
    const own = capabilities && ownHashOf({ sourceHash, pipelineLocation }, capabilities);
    return own ? `fm${own.version}${own.body}${own.text}` : (sourceHash ?? undefined);
  };
  const nameOf = (type: string, id: string): string => names.get(id) ?? `<${type} ${id}>`;
  const edgeKey = (from: string, to: string): string => `${from} ${to}`;

  return {
    hashOf,
    nameOf,
    nameOfId: (id: string): string | undefined => names.get(id),
    version(version: string): void {
      try {
        ({ capabilities } = capabilitiesFor(version));
      } catch {
        // The sink says what is wrong with it.
      }
    },
    name(id: string, fqn: string): void {
      names.set(id, fqn);
    },
    pipeline(pipeline: OmPipeline): void {
      names.set(pipeline.id, pipeline.fullyQualifiedName);
      const hash = hashOf(pipeline);
      if (hash !== undefined) hashes.set(pipeline.fullyQualifiedName, hash);
    },
    hashBefore(fqn: string): { hashBefore?: string } {
      const hash = hashes.get(fqn);
      return hash === undefined ? {} : { hashBefore: hash };
    },
    statuses(fqn: string, list: readonly OmStatus[]): void {
      statuses.delete(fqn);
      statuses.set(fqn, new Map(list.map((status) => [status.timestamp, status])));
      const [oldest] = statuses.keys();
      if (statuses.size > pipelinesWithStatuses && oldest !== undefined) statuses.delete(oldest);
    },
    status: (fqn: string, timestamp: number) => statuses.get(fqn)?.get(timestamp),
    edge({ from, to, details }: OmEdge): void {
      edges.set(edgeKey(from, to), details);
    },
    edgeBetween: (from: string, to: string) => edges.get(edgeKey(from, to)),
    forgetEdge(from: string, to: string): void {
      edges.delete(edgeKey(from, to));
    },
    edgeName: (from: { type: string; id: string }, to: { type: string; id: string }): string =>
      `${nameOf(from.type, from.id)} → ${nameOf(to.type, to.id)}`,
  };
}
