import { type SourceSelection, VerdictError } from '@flowmeta/connector';
import { compileFilter, type FilterPattern } from '@flowmeta/connector/reading';
import type { KestraFlow } from '@flowmeta/kestra-client';
import type { KestraConfig } from './config.js';
import { commonNamespaces, isWithin } from './namespaces.js';
import { pipelineName } from './pipeline-name.js';

/** Which flows a read is about. */
export interface Selection {
  /** What may be called complete afterwards; `undefined` means everything. Empty when nothing is left to read. */
  namespaces: string[] | undefined;
  /** Why a flow is left out; `undefined` when it is read. */
  reasonAgainst(flow: Pick<KestraFlow, 'namespace' | 'id' | 'disabled' | 'deleted'>): string | undefined;
}

export interface SelectionRules {
  config: Pick<KestraConfig, 'namespaces' | 'pipelineFilterPattern'>;
  /** The workflow's own choice; it holds in addition. */
  selection?: SourceSelection | undefined;
}

/**
 * Compiles the rules once; the returned function narrows them to the namespaces of one read.
 *
 * @throws VerdictError `fatal` when a pattern can't be used.
 */
export function compileSelection({
  config,
  selection = {},
}: SelectionRules): (asked: string[] | undefined) => Selection {
  const filters = [
    compile(config.pipelineFilterPattern, 'serviceConnection.config.pipelineFilterPattern'),
    compile(selection.pipelineFilterPattern, 'sourceConfig.config.pipelineFilterPattern'),
  ];
  const readsDisabled = selection.includeUnDeployedPipelines !== false;
  const excluded = config.namespaces?.excludes ?? [];
  return (asked) => {
    const namespaces = commonNamespaces(config.namespaces?.includes, asked);
    return {
      namespaces,
      reasonAgainst: ({ namespace, id, disabled, deleted }) => {
        if (deleted) return 'it is deleted';
        if (namespaces?.some((root) => isWithin(namespace, root)) === false) return 'its namespace is not asked for';
        if (excluded.some((root) => isWithin(namespace, root))) return 'its namespace is excluded';
        if (!filters.every((passes) => passes(pipelineName(namespace, id)))) return 'pipelineFilterPattern';
        if (disabled && !readsDisabled) return 'it is disabled, and includeUnDeployedPipelines is false';
        return undefined;
      },
    };
  };
}

function compile(pattern: FilterPattern | undefined, option: string): (name: string) => boolean {
  try {
    return compileFilter(pattern ?? {});
  } catch (cause) {
    throw new VerdictError(`${option}: ${(cause as Error).message}.`, {
      verdict: 'fatal',
      hint: 'Write the pattern with what Python and JavaScript have in common.',
      cause,
    });
  }
}
