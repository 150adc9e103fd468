import type { Workflow } from '../config/workflow-schema.js';

/** What the bot must be allowed to do in OpenMetadata. */
export interface RequiredRight {
  /** As OpenMetadata names it in policies and in `GET /v1/permissions/{resource}`. */
  resource: string;
  /** One of these is enough. */
  operations: string[];
  /** Why it is needed, or how to do without. */
  hint: string;
  /** Without it the run loses what the config asks for; otherwise only some flows need it. */
  isVital: boolean;
}

/** The rights that a run with this config uses, on a server of this version, the vital ones first. `docs/permissions.md` lists them. */
export function requiredRights(
  { source, workflowConfig, ingestionPipelineFQN }: Workflow,
  version: string,
): RequiredRight[] {
  const selected = source.sourceConfig?.config;
  const vital = (resource: string, operation: string | string[], hint: string): RequiredRight => {
    return { resource, operations: [operation].flat(), hint, isVital: true };
  };
  const view = ['ViewAll', 'ViewBasic'];
  const policy = 'Give the bot the policy of the ingestion bot, or one as in docs/permissions.md.';
  const rights = [
    vital('pipelineService', 'Create', policy),
    vital('pipelineService', 'ViewAll', policy),
    vital('pipeline', 'Create', policy),
    vital('pipeline', 'ViewAll', policy),
    vital('pipeline', 'EditAll', policy),
  ];
  if (selected?.markDeletedPipelines !== false) {
    const hint = 'Allow it, or set markDeletedPipelines to false; without it pipelines that are gone stay.';
    rights.push({ resource: 'pipeline', operations: ['Delete'], hint, isVital: false });
  }
  if (selected?.includeTags !== false) {
    const hint = 'Allow it, or set includeTags to false.';
    for (const resource of ['classification', 'tag'])
      rights.push(vital(resource, 'Create', hint), vital(resource, view, hint));
  }
  if (selected?.includeOwners !== false) {
    const hint = 'Allow it, or set includeOwners to false.';
    rights.push(vital('user', view, hint), vital('team', view, hint));
  }
  if (workflowConfig.reportToOpenMetadata ?? ingestionPipelineFQN != null) {
    const hint = 'Allow it, or set reportToOpenMetadata to false.';
    rights.push(vital('ingestionPipeline', 'Create', hint), vital('ingestionPipeline', view, hint));
    rights.push(vital('ingestionPipeline', ['EditIngestionPipelineStatus', 'EditAll'], hint));
  }
  if (selected?.includeLineage !== false) {
    const hint =
      'Allow it, or set includeLineage to false; without it the lineage of such datasets can not be written.';
    // 1.2 asks for one right for all edges, later versions for one at both ends (docs/permissions.md).
    const isOfItsOwn = /^1\.[0-2](?:\.|$)/.test(version);
    if (isOfItsOwn) rights.push(vital('lineage', ['EditLineage', 'EditAll'], hint));
    for (const resource of ['table', 'container', 'topic', 'searchIndex']) {
      rights.push({ resource, operations: view, hint, isVital: false });
      if (!isOfItsOwn) rights.push({ resource, operations: ['EditLineage', 'EditAll'], hint, isVital: false });
    }
  }
  return rights;
}
