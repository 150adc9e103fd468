import { type Hash, locationWithHash, sourceHashOf } from './source-hash.js';
import type { Capabilities, CreatePipeline, PipelineDraft, Reference, TagLabel } from './types.js';

export interface CompletePipelineOptions {
  /** Fully qualified names of tags that exist: an unknown one can damage the catalog (OM fact 14). */
  tags: readonly string[];
  /** Fully qualified name of a domain that exists: with an unknown one nothing is stored (OM fact 15). */
  domain?: string | undefined;
  /** References to users and teams that exist, the most important first. */
  owners: readonly Reference[];
  hash: Hash;
  capabilities: Capabilities;
}

/**
 * The whole `PUT /v1/pipelines` body of a draft.
 *
 * Owners: one up to OpenMetadata 1.4, the first; later several users or a single team, so a team that comes first stands
 * alone and one that comes later is left out. The source hash covers everything else in the body.
 */
export function completePipeline(draft: PipelineDraft, options: CompletePipelineOptions): CreatePipeline {
  const { tags, domain, owners, hash, capabilities } = options;
  const body: CreatePipeline = {
    ...draft.body,
    ...(tags.length === 0 ? {} : { tags: [...new Set(tags)].sort().map(tagLabel) }),
    ...ownerFields(owners, capabilities),
    ...domainFields(domain, capabilities),
  };
  const sourceHash = sourceHashOf(body, { hash, capabilities });
  if (capabilities.sourceHash) return { ...body, sourceHash };
  return { ...body, pipelineLocation: locationWithHash(body.pipelineLocation, sourceHash) };
}

const tagLabel = (tagFQN: string): TagLabel => ({
  tagFQN,
  source: 'Classification',
  labelType: 'Automated',
  state: 'Confirmed',
});

function ownerFields(
  owners: readonly Reference[],
  capabilities: Capabilities,
): Pick<CreatePipeline, 'owner' | 'owners'> {
  const [first] = owners;
  if (first === undefined) return {};
  if (capabilities.owners === 'owner') return { owner: reference(first) };
  if (first.type === 'team') return { owners: [reference(first)] };
  const users = new Map(owners.filter(({ type }) => type !== 'team').map((owner) => [owner.id, reference(owner)]));
  return { owners: [...users.values()] };
}

function domainFields(
  domain: string | undefined,
  capabilities: Capabilities,
): Pick<CreatePipeline, 'domain' | 'domains'> {
  if (domain === undefined) return {};
  return capabilities.domains === 'domain' ? { domain } : { domains: [domain] };
}

/** Only what every version takes, whatever else a resolved entity carries. */
const reference = ({ id, type }: Reference): Reference => ({ id, type });
