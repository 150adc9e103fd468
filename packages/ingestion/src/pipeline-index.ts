import type { PipelineReport } from '@flowmeta/connector';
import type { PipelineDraft } from '@flowmeta/om-mapper';

/** What is remembered about each pipeline until the end of the run. */
export interface KnownPipeline {
  report: PipelineReport;
  /** Set once the pipeline is mapped; its runs need it. */
  taskNames?: PipelineDraft['taskNames'];
  /** Ends when the latest write of this pipeline or of its runs has ended. */
  lastWrite: Promise<void>;
}

export type PipelineIndex = ReturnType<typeof createPipelineIndex>;

export function createPipelineIndex() {
  const pipelines = new Map<string, KnownPipeline>();
  return {
    get: (name: string) => pipelines.get(name),
    names: () => pipelines.keys(),
    add(name: string, report: PipelineReport): KnownPipeline {
      const known: KnownPipeline = { report, lastWrite: Promise.resolve() };
      pipelines.set(name, known);
      return known;
    },
  };
}
