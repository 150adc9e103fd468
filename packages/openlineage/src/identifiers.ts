import { urlUuid } from './name-uuid.js';
import type { PipelineReference } from './pipeline-lineage.js';
import type { Identifier } from './types.js';

/** Where jobs are that the source names and doesn't have. */
const elsewhere = 'unknown';

/** What the job of a task is called. The same pattern as Airflow's, which OpenLineage's naming rules show. */
export function taskJob(namespace: string, pipeline: string, task: string): Identifier {
  return { namespace, name: `${pipeline}.${task}` };
}

export function pipelineJob(namespace: string, { name, external }: PipelineReference): Identifier {
  return { namespace: external ? elsewhere : namespace, name };
}

/**
 * The UUID of a run, or of one of its task runs: version 5 of the URL
 * `https://github.com/flowmeta/flowmeta/runs/["namespace","run"]` or `…["namespace","run","task"]`.
 */
export function runIdOf(namespace: string, run: { id: string; task?: string }): string {
  const parts = run.task === undefined ? [namespace, run.id] : [namespace, run.id, run.task];
  return urlUuid(`https://github.com/flowmeta/flowmeta/runs/${JSON.stringify(parts)}`);
}
