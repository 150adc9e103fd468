import {
  type Capabilities,
  type CreatePipeline,
  completePipeline,
  type Hash,
  ownHashOf,
  type PipelineDraft,
  type Reference,
  type SourceHash,
  textHash,
} from '@flowmeta/om-mapper';
import type { OmClient, PatchOperation } from '../client/client-types.js';
import type { OmPipeline } from '../client/entities.js';
import { OpenMetadataError } from '../client/error.js';
import type { SinkFinding, SinkOptions, WriteOutcome } from '../types.js';
import { type CatalogIndex, type KnownPipeline, storedHash, toKnown } from './catalog-index.js';
import { isOwnDeletion, restore } from './deletion.js';
import { findingOf } from './findings.js';
import type { OrganisationResolver, ResolvedOrganisation } from './organisation.js';
import type { OwnerResolver } from './owners.js';
import { isSettled, planUpdate } from './people.js';
import { type TagResolver, tagFqn } from './tags.js';

export interface PipelineWriterContext {
  client: OmClient;
  index: CatalogIndex;
  capabilities: Capabilities;
  tags: TagResolver;
  owners: OwnerResolver;
  organisation: OrganisationResolver;
  options: SinkOptions;
  hash: Hash;
  /** Name of the user that is signed in. */
  user: string;
}

export interface PipelineResult {
  outcome: WriteOutcome | 'restored';
  known: KnownPipeline;
  findings: SinkFinding[];
  /** It went without a tag that could not be looked up or made. */
  isPartial?: true;
}

/** Makes or updates one pipeline, or brings back one that Flowmeta deleted. Not to be called twice at a time for one name. */
export async function writePipeline(draft: PipelineDraft, context: PipelineWriterContext): Promise<PipelineResult> {
  const known = await context.index.find(draft.body.name);
  if (known?.deleted && !(await isOwnDeletion(known, context))) return kept(draft, known);
  const { references, failed } = await context.owners.resolve(draft.owners);
  const result = await writeWithOwners(draft, { known, references }, context);
  const lost = failed.map(([{ name, origin }, error]): SinkFinding => {
    const { message, ...rest } = findingOf(draft.pipeline, error);
    const words = `It goes without its owner ${name} (${origin}), who could not be looked up: ${message}`;
    return { ...rest, message: words, lost: true };
  });
  return lost.length === 0 ? result : { ...result, findings: [...lost, ...result.findings] };
}

async function writeWithOwners(
  draft: PipelineDraft,
  { known, references }: { known: KnownPipeline | undefined; references: readonly Reference[] },
  context: PipelineWriterContext,
): Promise<PipelineResult> {
  const { capabilities, tags, organisation, options, hash } = context;
  const complete = (tagFqns: readonly string[], domain: string | undefined): CreatePipeline =>
    completePipeline(draft, { tags: tagFqns, domain, owners: references, hash, capabilities });
  const isWritten = (body: CreatePipeline): boolean => sameHash(known?.hash, ownHashOf(body, capabilities));

  // If it was written with all its tags and its domain, they existed then: no need to look them up.
  const desired = complete([...draft.tags.map(tagFqn), ...draft.catalogTags], draft.domain);
  if (known !== undefined && !options.overrideMetadata && isWritten(desired)) {
    return { outcome: 'unchanged', known, findings: [] };
  }
  const organised = await organisation.resolve(draft);
  const { fqns, isPartial } = await tags.resolve(draft.tags);
  const body = complete([...fqns, ...organised.tags], organised.domain?.fqn);
  const result = await writeBody(draft, { body, known, organised, isWritten }, context);
  return { ...result, findings: [...organised.findings, ...result.findings], ...(isPartial && { isPartial }) };
}

async function writeBody(
  draft: PipelineDraft,
  {
    body,
    known,
    organised,
    isWritten,
  }: {
    body: CreatePipeline;
    known: KnownPipeline | undefined;
    organised: ResolvedOrganisation;
    isWritten: (body: CreatePipeline) => boolean;
  },
  context: PipelineWriterContext,
): Promise<PipelineResult> {
  if (known === undefined) return create(draft, body, context);
  if (known.deleted) {
    await restore(known, context.client);
    const result = await update(draft, { body, known, organised }, context);
    return { ...result, outcome: result.outcome === 'updated' ? 'restored' : result.outcome };
  }
  if (!context.options.overrideMetadata && isWritten(body)) return { outcome: 'unchanged', known, findings: [] };
  return update(draft, { body, known, organised }, context);
}

function kept(draft: PipelineDraft, known: KnownPipeline): PipelineResult {
  const message = 'It was deleted in OpenMetadata, so it stays deleted';
  const hint = 'Restore it there if it is wanted (Explore, show deleted), or leave it out by a filter.';
  return { outcome: 'kept', known, findings: [{ ref: draft.pipeline, message, hint }] };
}

async function create(
  draft: PipelineDraft,
  body: CreatePipeline,
  context: PipelineWriterContext,
): Promise<PipelineResult> {
  const { client, index, capabilities } = context;
  const { created, change, pipeline } = await client.putPipeline(body);
  const known = { ...toKnown(pipeline, capabilities), created };
  index.set(draft.body.name, known);
  // Not created: another run was quicker.
  const outcome = created ? 'created' : change === 'entityNoChange' ? 'unchanged' : 'updated';
  return { outcome, known, findings: [] };
}

async function update(
  draft: PipelineDraft,
  { body: wanted, known, organised }: { body: CreatePipeline; known: KnownPipeline; organised: ResolvedOrganisation },
  context: PipelineWriterContext,
): Promise<PipelineResult> {
  const { client, index, capabilities, options, hash } = context;
  const fields = [capabilities.owners, 'tags', ...(organised.domain ? [capabilities.domains] : [])];
  const current = await client.getPipeline(known.fqn, { fields: fields.join(',') });
  if (current === undefined) return create(draft, wanted, context);
  const fresh = { ...toKnown(current, capabilities), created: known.created };
  index.set(draft.body.name, fresh);
  if (fresh.deleted) return kept(draft, fresh);

  const wantedHash = ownHashOf(wanted, capabilities);
  const plan = planUpdate(current, wanted, {
    lastWritten: fresh.hash,
    classifications: ourClassifications(draft, options),
    organised,
    overrideMetadata: options.overrideMetadata ?? false,
    hash,
  });
  if (sameHash(fresh.hash, wantedHash) && isSettled(current, plan)) {
    return { outcome: 'unchanged', known: fresh, findings: [] };
  }

  const findings: SinkFinding[] = [];
  if (plan.textKept) {
    const message =
      "Its description or display name was edited in OpenMetadata, so the source's new text isn't brought over";
    findings.push({ ref: draft.pipeline, message });
  }
  // Before the PUT: the hash that the PUT leaves says that the texts are written, even if the run breaks off in between.
  const refused =
    plan.patch.length === 0 ? [] : await patch(draft, { current, operations: plan.patch, findings }, client);
  const body = refused.length === 0 ? plan.body : unfinished(plan.body, { current, refused, context });
  const result = await client.putPipeline(body);
  const written = { ...toKnown(result.pipeline, capabilities), created: result.created || known.created };
  if (result.change === 'entityNoChange' && !(await isStored(known.fqn, ownHashOf(body, capabilities), context))) {
    const message =
      'OpenMetadata answered that nothing changed, so the change of the schedule or of the task links is not stored';
    return { outcome: 'failed', known: fresh, findings: [...findings, { ref: draft.pipeline, message }] };
  }
  index.set(draft.body.name, written);
  return { outcome: result.created ? 'created' : 'updated', known: written, findings };
}

/** Patches; a right that is missing for one field must not hold up the rest of the pipeline. Answers the paths that were refused. */
async function patch(
  draft: PipelineDraft,
  { current, operations, findings }: { current: OmPipeline; operations: PatchOperation[]; findings: SinkFinding[] },
  client: OmClient,
): Promise<string[]> {
  const refused: string[] = [];
  const send = async (part: PatchOperation[]): Promise<void> => {
    try {
      await client.patchPipeline(current.id, part);
    } catch (error) {
      if (!(error instanceof OpenMetadataError) || error.kind !== 'forbidden') throw error;
      if (part.length > 1) {
        for (const operation of part) await send([operation]);
        return;
      }
      const { path } = part[0]!;
      refused.push(path);
      const message = `The bot may not change ${path.slice(1)}: ${error.message}`;
      const hint = error.hint === undefined ? {} : { hint: error.hint };
      findings.push({ ref: draft.pipeline, message, ...hint, lost: true });
    }
  };
  await send(operations);
  return refused;
}

/**
 * The body with a hash that no source has, so that the next run tries the refused fields again, and with the digest of the texts
 * that stay, so that it knows them as ours. Texts that a person edited (`overrideMetadata`) stay theirs.
 */
function unfinished(
  body: CreatePipeline,
  { current, refused, context }: { current: OmPipeline; refused: readonly string[]; context: PipelineWriterContext },
): CreatePipeline {
  const { capabilities, hash } = context;
  const wanted = ownHashOf(body, capabilities);
  if (wanted === undefined) return body;
  const { description = null, displayName = null } = current;
  const isOurs = storedHash(current, capabilities)?.text === textHash({ description, displayName }, hash);
  const staying = {
    description: refused.includes('/description') ? description : (body.description ?? null),
    displayName: refused.includes('/displayName') ? displayName : (body.displayName ?? null),
  };
  const text = isOurs ? textHash(staying, hash) : wanted.text;
  const digest = hash(`unfinished ${wanted.body}`).slice(0, wanted.body.length);
  const field = capabilities.sourceHash ? 'sourceHash' : 'pipelineLocation';
  const ending = `${wanted.body}${wanted.text}`;
  return { ...body, [field]: body[field]?.replace(ending, `${digest}${text}`) };
}

async function isStored(
  fqn: string,
  wanted: SourceHash | undefined,
  { client, capabilities }: PipelineWriterContext,
): Promise<boolean> {
  const stored = await client.getPipeline(fqn);
  return stored !== undefined && sameHash(storedHash(stored, capabilities), wanted);
}

function sameHash(a: SourceHash | undefined, b: SourceHash | undefined): boolean {
  return a !== undefined && b !== undefined && a.version === b.version && a.body === b.body && a.text === b.text;
}

function ourClassifications(draft: PipelineDraft, options: SinkOptions): ReadonlySet<string> {
  const names = draft.tags.map(({ classification }) => classification);
  return new Set(options.classification === undefined ? names : [...names, options.classification]);
}
