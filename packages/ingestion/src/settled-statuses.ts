import type { PipelineStatus } from '@flowmeta/om-mapper';
import type { IngestionOptions, RunMemory } from './types.js';

type Stored = { id: string; hash?: string };

/** Spares the catalog questions about statuses that it is known to have. */
export interface SettledStatuses {
  /** Those of a pipeline, as the catalog has it, that the catalog may not have. */
  unsettled(pipeline: Stored, statuses: PipelineStatus[]): PipelineStatus[];
  /** The catalog has these. */
  settle(pipeline: Stored, statuses: readonly PipelineStatus[]): void;
  /** Hands on what the next run will come across again. */
  save(): void;
}

export function createSettledStatuses(
  { memory, until }: Pick<IngestionOptions, 'until'> & { memory: RunMemory },
  isFull: boolean,
): SettledStatuses | undefined {
  const { settled } = memory;
  if (settled === undefined) return undefined;
  const before = new Map(isFull ? [] : settled);
  const now = new Map<string, string>();
  const keyOf = ({ id }: Stored, { timestamp }: PipelineStatus) => `${id} ${timestamp}`;
  // A definition that has changed since may take more of a run, such as a task that was missing.
  const digestOf = ({ hash }: Stored, status: PipelineStatus) => memory.digest(JSON.stringify([hash, status]));

  return {
    unsettled: (pipeline, statuses) =>
      statuses.filter((status) => before.get(keyOf(pipeline, status)) !== digestOf(pipeline, status)),
    settle(pipeline, statuses) {
      for (const status of statuses) {
        // The next run reads the overlap, and what is still open.
        const comesAgain = status.timestamp >= until - memory.overlap || status.executionStatus === 'Pending';
        if (comesAgain) now.set(keyOf(pipeline, status), digestOf(pipeline, status));
      }
    },
    save() {
      settled.clear();
      for (const [key, digest] of now) settled.set(key, digest);
    },
  };
}
