import type { EntityReference, LineageEdge } from '@flowmeta/connector';
import type { DatasetUse } from '../types.js';
import { describe, stepName, together } from './descriptions.js';
import { isOnlyOfRun } from './join-flow.js';
import { datasetKeys } from './keys.js';
import type { FlowData } from './types.js';

interface OpenEnd {
  use: DatasetUse;
  descriptions: Set<string>;
  isOnlyOfRun: boolean;
}

/**
 * What a flow reads that flows into no dataset by way of it, and what it writes from nothing known: linked to the flow itself, so that
 * whoever asks what depends on a table finds the flows that only read it.
 */
export interface OpenEnds {
  add(data: FlowData, edges: readonly LineageEdge[]): void;
  /** An edge that was found later, by way of another flow. */
  close(edge: LineageEdge): void;
  edges(): Iterable<LineageEdge>;
}

export function createOpenEnds(): OpenEnds {
  const open = new Map<string, { reads: Map<string, OpenEnd>; writes: Map<string, OpenEnd> }>();
  const key = datasetKeys();
  const keyOf = (reference: EntityReference) => (reference.kind === 'dataset' ? key(reference) : undefined);

  return {
    add({ pipeline, steps }, edges) {
      const used = {
        reads: new Set(edges.map(({ from }) => keyOf(from))),
        writes: new Set(edges.map(({ to }) => keyOf(to))),
      };
      const ends = { reads: new Map<string, OpenEnd>(), writes: new Map<string, OpenEnd>() };
      for (const step of steps) {
        for (const direction of ['reads', 'writes'] as const) {
          for (const use of step.io[direction]) {
            const dataset = key(use);
            if (used[direction].has(dataset)) continue;
            const known = ends[direction].get(dataset) ?? { use, descriptions: new Set(), isOnlyOfRun: true };
            known.descriptions.add(describe([stepName(step)], [use]));
            known.isOnlyOfRun &&= isOnlyOfRun(use);
            ends[direction].set(dataset, known);
          }
        }
      }
      if (ends.reads.size + ends.writes.size > 0) open.set(pipeline, ends);
    },

    close({ from, to, pipeline }) {
      const ends = open.get(pipeline ?? '');
      ends?.reads.delete(keyOf(from) ?? '');
      ends?.writes.delete(keyOf(to) ?? '');
    },

    *edges() {
      for (const [name, { reads, writes }] of open) {
        const pipeline: EntityReference = { kind: 'pipeline', name };
        for (const end of reads.values()) yield edgeOf({ from: datasetOf(end), to: pipeline }, end);
        for (const end of writes.values()) yield edgeOf({ from: pipeline, to: datasetOf(end) }, end);
      }
    },
  };
}

const datasetOf = ({ use }: OpenEnd): EntityReference => ({ kind: 'dataset', dataset: use.dataset });

function edgeOf(ends: Pick<LineageEdge, 'from' | 'to'>, { descriptions, isOnlyOfRun }: OpenEnd): LineageEdge {
  return { ...ends, description: together(descriptions), ...(isOnlyOfRun && { evidence: 'run' }) };
}
