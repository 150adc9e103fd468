import type { LineageEdge, LineageGap, SourceEvent } from '@flowmeta/connector';
import type { KestraExecution, KestraFlow } from '@flowmeta/kestra-client';
import type { Redactor } from '@flowmeta/redact';
import { pipelineName } from '../pipeline-name.js';
import type { TaskGraph } from '../task-graph.js';
import { analyseFlow, nothing } from './analyse-flow.js';
import type { AssetContext } from './assets.js';
import { createCrossings } from './join/crossings.js';
import { withEvidence } from './join/evidence.js';
import { joinFlow, mostEdges } from './join/join-flow.js';
import { createOpenEnds } from './join/open-ends.js';
import type { FlowData, Step } from './join/types.js';
import { openTexts } from './open-texts.js';
import { hasHiddenName, redactedEvent } from './redacted-event.js';
import { createRunEvidence } from './run-evidence.js';

/** Collects which datasets the flows move, as they are read, and what their runs have shown of it. */
export interface DatasetBook {
  /**
   * A flow that is read, with its graph; `isDegraded` when that is not the server's own although it was asked for, so that
   * defaults of the server may be missing.
   */
  define(flow: KestraFlow, graph: TaskGraph, options?: { isDegraded?: boolean }): Promise<void>;
  /** A run, whose task runs may name datasets. They count for more than the definition. */
  evidence(execution: KestraExecution): void;
  /** The edges and what could not be found out, without secrets. To be called once, when all flows and runs have been read. */
  resolve(): Iterable<SourceEvent>;
  /** Pipelines whose datasets an error left unknown in part, once `resolve` has ended. */
  incomplete(): string[];
}

/** Of one flow; more would say the same. */
const mostGaps = 1_000;

export function createDatasetBook(redactor: Pick<Redactor, 'text'>): DatasetBook {
  const flows = new Map<string, FlowData>();
  const gaps = new Map<string, LineageGap[]>();
  const warnings: SourceEvent[] = [];
  const incomplete = new Set<string>();
  const runs = createRunEvidence();

  function* resolveAll(): Generator<SourceEvent> {
    const crossings = createCrossings();
    const openEnds = createOpenEnds();
    const beyond = new Map<string, number>();
    for (const pipeline of [...new Set([...flows.keys(), ...runs.pipelines()])].sort()) {
      const defined = flows.get(pipeline) ?? nothing(pipeline);
      const data = withEvidence(defined, runs.of(pipeline));
      const { edges, passages, pairsBeyond } = joinFlow(data);
      for (const edge of data.spelledOut) yield lineage(edge);
      for (const edge of edges) yield lineage(edge);
      for (const passage of passages) crossings.add(pipeline, passage);
      openEnds.add(data, edges);
      if (pairsBeyond > 0) beyond.set(pipeline, pairsBeyond);
      flows.delete(pipeline);
    }
    const cut = (pipeline: string) => beyond.set(pipeline, Math.max(1, beyond.get(pipeline) ?? 0));
    for (const edge of crossings.edges({ mostEdges, cut })) {
      openEnds.close(edge);
      yield lineage(edge);
    }
    for (const edge of openEnds.edges()) yield lineage(edge);
    for (const [pipeline, count] of beyond) {
      incomplete.add(pipeline);
      yield { kind: 'unresolved', gap: tooMany(pipeline, count) };
    }
    for (const pipeline of [...gaps.keys()].sort()) {
      for (const gap of gaps.get(pipeline)!) yield { kind: 'unresolved', gap };
    }
    yield* warnings;
  }

  return {
    async define(flow, graph, { isDegraded = false } = {}) {
      const pipeline = pipelineName(flow.namespace, flow.id);
      try {
        const analysed = await analyseFlow(flow, { pipeline, graph, redactor });
        if (analysed === undefined) return;
        flows.set(pipeline, analysed.data);
        if (analysed.gaps.length > 0) gaps.set(pipeline, limited(pipeline, analysed.gaps));
        if (analysed.hasUnreadSql || isDegraded) incomplete.add(pipeline);
      } catch (error) {
        incomplete.add(pipeline);
        const message = `Its datasets could not be found out: ${(error as Error).message}`;
        warnings.push({ kind: 'warning', ref: pipeline, message });
      }
    },

    evidence(execution) {
      const pipeline = pipelineName(execution.namespace, execution.flowId);
      const steps = flows.get(pipeline)?.steps ?? [];
      if (!(execution.taskRuns ?? []).some(({ assets, assetEmits }) => (assets ?? assetEmits) != null)) return;
      runs.add({ pipeline, execution: openTexts(execution, redactor) }, (taskId) =>
        contextOf(steps.find((step) => step.taskId === taskId)),
      );
    },

    *resolve() {
      const redacted = redactedEvent(redactor);
      const hidden = new Map<string, SourceEvent>();
      for (const event of resolveAll()) {
        const open = redacted(event);
        if (open.kind !== 'lineage' || !hasHiddenName(open.edge)) yield open;
        else hidden.set(pipelineOf(open.edge), { kind: 'unresolved', gap: hiddenName(pipelineOf(open.edge)) });
      }
      yield* hidden.values();
    },

    incomplete: () => [...incomplete].sort(),
  };
}

const pipelineOf = ({ pipeline, from, to }: LineageEdge): string =>
  pipeline ?? [from, to].flatMap((end) => (end.kind === 'pipeline' ? [end.name] : []))[0] ?? '';

const hiddenName = (pipeline: string): LineageGap => ({
  pipeline,
  reason: 'hidden',
  message: 'Some of its datasets have a secret in their names, as far as can be seen; they are left out.',
  hint: 'Keep the secret in secret(…), so that the name alone is left.',
});

const lineage = (edge: LineageEdge): SourceEvent => ({ kind: 'lineage', edge });

/** Where the datasets of a task are, as its definition has it: what a run names often lacks the server. */
function contextOf(step: Step | undefined): AssetContext {
  if (step === undefined) return { type: '' };
  const known = [...step.io.reads, ...step.io.writes]
    .map(({ dataset }) => dataset)
    .find(({ kind }) => kind === 'table');
  if (known === undefined) return { type: step.type };
  const { platform, connections } = known;
  const database = known.kind === 'table' ? known.database : undefined;
  return { type: step.type, place: { platform, connections, ...(database !== undefined && { database }) } };
}

function limited(pipeline: string, gaps: LineageGap[]): LineageGap[] {
  if (gaps.length <= mostGaps) return gaps;
  const message = `There are ${gaps.length - mostGaps} more such places in this flow.`;
  return [...gaps.slice(0, mostGaps), { pipeline, reason: gaps[mostGaps]!.reason, message }];
}

function tooMany(pipeline: string, beyond: number): LineageGap {
  return {
    pipeline,
    reason: 'ambiguous',
    message: `Its tasks link more datasets than are shown: ${mostEdges} edges are, at least ${beyond} are not.`,
    hint: 'Name what matters in the labels om-source and om-destination, or split the flow.',
  };
}
