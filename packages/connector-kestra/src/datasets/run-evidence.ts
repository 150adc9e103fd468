import type { KestraExecution } from '@flowmeta/kestra-client';
import { type AssetContext, emittedAssets } from './assets.js';
import type { TaskEvidence } from './join/evidence.js';
import { datasetKeys } from './join/keys.js';
import type { DatasetUse } from './types.js';

/** What the runs of a read have shown, pipeline by pipeline. */
export interface RunEvidence {
  /** `contextOf` says what is known of a task. */
  add(run: { pipeline: string; execution: KestraExecution }, contextOf: (taskId: string) => AssetContext): void;
  pipelines(): Iterable<string>;
  of(pipeline: string): TaskEvidence[];
}

/** Datasets and pairs of them that are remembered of one task; later ones would be names that differ from run to run. */
const mostPerTask = 1_000;

/** Collects the datasets that task runs name, each once per task and iteration. */
export function createRunEvidence(): RunEvidence {
  const pipelines = new Map<string, Map<string, { evidence: TaskEvidence; known: Set<string> }>>();
  const keyOf = datasetKeys();

  return {
    add({ pipeline, execution }, contextOf) {
      for (const taskRun of execution.taskRuns ?? []) {
        if (taskRun.assetEmits == null && taskRun.assets == null) continue;
        const { taskId, value } = taskRun;
        const context = contextOf(taskId);
        const { reads, writes, moves } = emittedAssets(taskRun, context);
        if (reads.length + writes.length === 0) continue;
        const tasks = pipelines.get(pipeline) ?? new Map();
        pipelines.set(pipeline, tasks);
        const key = JSON.stringify([taskId, value]);
        const known = tasks.get(key) ?? {
          evidence: {
            taskId,
            type: context.type,
            ...(value !== undefined && { value }),
            reads: [],
            writes: [],
            moves: [],
          },
          known: new Set<string>(),
        };
        tasks.set(key, known);
        const isNew = (...parts: string[]): boolean => {
          const name = JSON.stringify(parts);
          if (known.known.has(name) || known.known.size >= mostPerTask) return false;
          known.known.add(name);
          return true;
        };
        const addUses = (side: 'reads' | 'writes', uses: readonly DatasetUse[]) => {
          for (const use of uses) if (isNew(side, keyOf(use))) known.evidence[side].push(use);
        };
        addUses('reads', reads);
        addUses('writes', writes);
        for (const move of moves) {
          if (isNew('moves', keyOf(move.from), keyOf(move.to))) known.evidence.moves.push(move);
        }
      }
    },
    pipelines: () => pipelines.keys(),
    of: (pipeline) => [...(pipelines.get(pipeline)?.values() ?? [])].map(({ evidence }) => evidence),
  };
}
