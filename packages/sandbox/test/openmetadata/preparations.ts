/** A request that was made without being recorded, so that the recordings after it found what they found. */
export interface Preparation {
  method: 'PUT' | 'DELETE';
  path: string;
  body?: Record<string, unknown>;
}

const service = (name: string): Preparation => ({
  method: 'PUT',
  path: 'services/pipelineServices',
  body: { name, serviceType: 'CustomPipeline', connection: { config: { type: 'CustomPipeline' } } },
});
const pipeline = (name: string, more: Record<string, unknown> = {}): Preparation => ({
  method: 'PUT',
  path: 'pipelines',
  body: { name, service: 'kestra_lab', ...more },
});

/** By the recording in front of which they come. */
export const preparations: Record<string, Preparation[]> = {
  '26-schedule-hash-001-create': [service('k')],
  '41-lineage-lifecycle-001-edge-a-b-via-c': [pipeline('ll.a'), pipeline('ll.b'), pipeline('ll.c')],
  '41-lineage-lifecycle-010-get-b': [pipeline('ll.b')],
  '52-patch-001-replace-description': [
    pipeline('patchme', { description: 'd', tasks: [{ name: 'a' }, { name: 'b' }] }),
  ],
  '61-auth-010-user-put-pipeline-403': [
    { method: 'PUT', path: 'users', body: { name: 'bob', email: 'bob@example.com' } },
  ],
};

/** Recordings of 1.2 that were made a second time, over what the first time had left. */
export const repeated = new Set([
  '25-names-more-004-128-emoji',
  '25-names-more-008-nfd',
  '25-names-more-011-lone-surrogate',
]);
