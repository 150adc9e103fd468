import { type SourceSelection, VerdictError } from '@flowmeta/connector';
import { compileFilter } from '@flowmeta/connector/reading';
import type { Dag } from './client/wire.js';

/** Why a DAG is left out; `undefined` when it is read. */
export type Selection = (dag: Dag) => string | undefined;

/** @throws VerdictError `fatal` when a pattern can't be used. */
export function compileSelection({
  pipelineFilterPattern,
  includeUnDeployedPipelines,
}: SourceSelection = {}): Selection {
  let passes: (name: string) => boolean;
  try {
    passes = compileFilter(pipelineFilterPattern ?? {});
  } catch (cause) {
    throw new VerdictError(`sourceConfig.config.pipelineFilterPattern: ${(cause as Error).message}.`, {
      verdict: 'fatal',
      hint: 'Write the pattern with what Python and JavaScript have in common.',
      cause,
    });
  }
  return ({ dag_id, is_paused }) => {
    if (!passes(dag_id)) return 'pipelineFilterPattern';
    if (is_paused === true && includeUnDeployedPipelines === false) {
      return 'it is paused, and includeUnDeployedPipelines is false';
    }
    return undefined;
  };
}
