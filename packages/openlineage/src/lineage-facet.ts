import type { ColumnMapping } from '@flowmeta/connector';
import { pipelineJob } from './identifiers.js';
import type { NamedDataset, PipelineLineage, PipelineReference, Target } from './pipeline-lineage.js';
import type { Identifier } from './types.js';

interface InputField extends Identifier {
  field: string;
  transformations: { type: 'DIRECT'; subtype: 'IDENTITY' | 'TRANSFORMATION'; description?: string }[];
}

/**
 * Which columns flow into each column of a dataset. `*` names no columns, and OpenLineage has no word for "all of them": such mappings
 * are left out.
 */
export function inputFields({ sources }: Pick<Target, 'sources'>): Map<string, InputField[]> {
  const fields = new Map<string, Map<string, InputField>>();
  for (const { dataset, columns } of sources) {
    for (const mapping of columns) {
      if (mapping.to === '*') continue;
      for (const field of mapping.from) {
        if (field === '*') continue;
        const known = fields.get(mapping.to) ?? new Map<string, InputField>();
        const input = { ...nameOf(dataset), field, transformations: [transformation(mapping)] };
        known.set(JSON.stringify([input.namespace, input.name, field]), input);
        fields.set(mapping.to, known);
      }
    }
  }
  return new Map([...fields].map(([column, inputs]) => [column, [...inputs.values()]]));
}

function transformation({ expression }: ColumnMapping): InputField['transformations'][number] {
  if (expression === undefined) return { type: 'DIRECT', subtype: 'IDENTITY' };
  return { type: 'DIRECT', subtype: 'TRANSFORMATION', description: expression };
}

/**
 * The entries of a job's `lineage` facet: each target with what flows into it, and nothing else, where `inputs` and `outputs` alone would
 * read as "every input flows into every output". `tellsDownstream` says for which pipelines this job must tell that they follow it,
 * since they have no event of their own.
 */
export function lineageEntries(
  { targets, intoPipeline, upstream, downstream }: PipelineLineage,
  { job, tellsDownstream }: { job: Identifier; tellsDownstream: (pipeline: string) => boolean },
): object[] {
  const self = { ...job, type: 'JOB' };
  const entries: object[] = targets.map((target) => {
    const fields = inputFields(target);
    return {
      ...nameOf(target.dataset),
      type: 'DATASET',
      inputs: [...target.sources.map(({ dataset }) => datasetInput(dataset)), ...(target.fromPipeline ? [self] : [])],
      ...(fields.size > 0 && { fields: fieldEntries(fields) }),
    };
  });
  const jobInput = (pipeline: PipelineReference) => ({ ...pipelineJob(job.namespace, pipeline), type: 'JOB' });
  const intoSelf = [...intoPipeline.map(datasetInput), ...upstream.map(jobInput)];
  if (intoSelf.length > 0) entries.push({ ...self, inputs: intoSelf });
  for (const pipeline of downstream) {
    if (tellsDownstream(pipeline.name)) entries.push({ ...jobInput(pipeline), inputs: [self] });
  }
  return entries;
}

const nameOf = ({ namespace, name }: Identifier): Identifier => ({ namespace, name });
const datasetInput = (dataset: NamedDataset) => ({ ...nameOf(dataset), type: 'DATASET' });

function fieldEntries(fields: Map<string, InputField[]>): object {
  const entries = [...fields].map(([column, inputs]) => {
    return [column, { inputs: inputs.map((input) => ({ ...input, type: 'DATASET' })) }] as const;
  });
  return Object.fromEntries(entries);
}
