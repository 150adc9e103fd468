import { type CreatePipeline, type Hash, type SourceHash, splitFqn, textHash } from '@flowmeta/om-mapper';
import type { PatchOperation } from '../client/client-types.js';
import type { OmPipeline } from '../client/entities.js';

/** How an update respects what people did to a pipeline in OpenMetadata. */
export interface UpdatePlan {
  /** To be sent before the body: a bot's PUT ignores these (OM facts 13, 14). */
  patch: PatchOperation[];
  body: CreatePipeline;
  /** True when the source's text changed as well as the catalog's, so that the source's is not brought over. */
  textKept: boolean;
}

export interface UpdateOptions {
  /** What Flowmeta left at its last write; absent when somebody else wrote the pipeline. */
  lastWritten: SourceHash | undefined;
  /** Classifications whose automated tags are ours. */
  classifications: ReadonlySet<string>;
  overrideMetadata: boolean;
  hash: Hash;
}

type Texts = { description?: string; displayName?: string };

const textFields = ['description', 'displayName'] as const;

/** What has to be patched and put so that a pipeline of the catalog becomes the wanted one, and people's edits stay. */
export function planUpdate(current: OmPipeline, wanted: CreatePipeline, options: UpdateOptions): UpdatePlan {
  const { lastWritten, overrideMetadata, hash } = options;
  const present = textHash(textsOf(current), hash);
  // The wanted text is there when a run broke off between patch and put.
  const ours =
    overrideMetadata ||
    (lastWritten !== undefined && (present === lastWritten.text || present === textHash(wanted, hash)));
  const texts: Texts = ours ? textsOf(wanted) : keptTexts(current, wanted, lastWritten);
  const { description: _description, displayName: _displayName, owner, owners, ...rest } = wanted;
  const sendOwners = overrideMetadata || currentOwners(current).length === 0;
  return {
    patch: [...textOperations(current, texts), ...tagOperations(current, wanted, options.classifications)],
    body: {
      ...rest,
      ...texts,
      ...(sendOwners && owner !== undefined ? { owner } : {}),
      ...(sendOwners && owners !== undefined ? { owners } : {}),
    },
    textKept: !ours && lastWritten !== undefined && textHash(wanted, hash) !== lastWritten.text,
  };
}

/** True when a PUT of the plan would only repeat what is there, given that the source hashes are equal. */
export function isSettled(current: OmPipeline, plan: UpdatePlan): boolean {
  if (plan.patch.length > 0) return false;
  const wanted = plan.body.owners ?? (plan.body.owner === undefined ? [] : [plan.body.owner]);
  const present = new Set(currentOwners(current).map(({ id }) => id));
  return wanted.every(({ id }) => present.has(id));
}

const currentOwners = (current: OmPipeline) => current.owners ?? (current.owner == null ? [] : [current.owner]);

function textsOf(body: { description?: string | null | undefined; displayName?: string | null | undefined }): Texts {
  return {
    ...(body.description ? { description: body.description } : {}),
    ...(body.displayName ? { displayName: body.displayName } : {}),
  };
}

/**
 * The catalog's text, sent back so that the token of a person, whose PUT replaces everything, does no harm either. What
 * another tool left empty is filled; what a person emptied stays empty.
 */
function keptTexts(current: OmPipeline, wanted: CreatePipeline, lastWritten: SourceHash | undefined): Texts {
  return lastWritten === undefined ? { ...textsOf(wanted), ...textsOf(current) } : textsOf(current);
}

function textOperations(current: OmPipeline, texts: Texts): PatchOperation[] {
  return textFields.flatMap((field): PatchOperation[] => {
    const present = current[field] || undefined;
    const wanted = texts[field];
    // An empty field is filled by the PUT itself.
    if (present === undefined || present === wanted) return [];
    const path = `/${field}`;
    return wanted === undefined ? [{ op: 'remove', path }] : [{ op: 'replace', path, value: wanted }];
  });
}

function tagOperations(
  current: OmPipeline,
  wanted: CreatePipeline,
  classifications: ReadonlySet<string>,
): PatchOperation[] {
  const tags = current.tags ?? [];
  const wantedTags = new Set(wanted.tags?.map(({ tagFQN }) => tagFQN));
  const staying = tags.filter(
    ({ tagFQN, labelType }) =>
      wantedTags.has(tagFQN) || labelType !== 'Automated' || !classifications.has(splitFqn(tagFQN)[0]!),
  );
  // The whole list rather than positions in it: no answer promises an order.
  return staying.length === tags.length ? [] : [{ op: 'replace', path: '/tags', value: staying }];
}
