import { type CreatePipeline, type Hash, type SourceHash, splitFqn, textHash } from '@flowmeta/om-mapper';
import type { PatchOperation } from '../client/client-types.js';
import type { OmPipeline } from '../client/entities.js';
import type { ResolvedOrganisation } from './organisation.js';

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
  /** The domain that is wanted, and classifications of which a pipeline can have one tag only. */
  organised: Pick<ResolvedOrganisation, 'domain' | 'exclusive'>;
  overrideMetadata: boolean;
  hash: Hash;
}

type Texts = { description?: string; displayName?: string };

const textFields = ['description', 'displayName'] as const;

/** What has to be patched and put so that a pipeline of the catalog becomes the wanted one, and people's edits stay. */
export function planUpdate(current: OmPipeline, wanted: CreatePipeline, options: UpdateOptions): UpdatePlan {
  const { lastWritten, overrideMetadata, hash, organised } = options;
  const present = textHash(textsOf(current), hash);
  // The wanted text is there when a run broke off between patch and put.
  const ours =
    overrideMetadata ||
    (lastWritten !== undefined && (present === lastWritten.text || present === textHash(wanted, hash)));
  const texts: Texts = ours ? textsOf(wanted) : keptTexts(current, wanted, lastWritten);
  const { description: _description, displayName: _displayName, tags = [], ...rest } = wanted;
  if (!overrideMetadata && currentOwners(current).length > 0) {
    delete rest.owner;
    delete rest.owners;
  }
  if (!overrideMetadata && currentDomains(current).length > 0) {
    delete rest.domain;
    delete rest.domains;
  }
  const takenByPeople = (tagFQN: string): boolean => {
    const [classification] = splitFqn(tagFQN);
    const isOther = (tag: { tagFQN: string; labelType?: string | null | undefined }) =>
      tag.tagFQN !== tagFQN && tag.labelType !== 'Automated' && splitFqn(tag.tagFQN)[0] === classification;
    return organised.exclusive.has(classification!) && (current.tags ?? []).some(isOther);
  };
  const wantedTags = tags.filter(({ tagFQN }) => !takenByPeople(tagFQN));
  return {
    patch: [
      ...textOperations(current, texts),
      ...tagOperations(current, wanted, new Set([...options.classifications, ...organised.exclusive])),
      ...(overrideMetadata ? domainOperations(current, wanted, organised.domain) : []),
    ],
    body: {
      ...rest,
      ...texts,
      ...(wantedTags.length > 0 ? { tags: wantedTags } : {}),
    },
    textKept: !ours && lastWritten !== undefined && textHash(wanted, hash) !== lastWritten.text,
  };
}

/** True when a PUT of the plan would only repeat what is there, given that the source hashes are equal. */
export function isSettled(current: OmPipeline, plan: UpdatePlan): boolean {
  if (plan.patch.length > 0) return false;
  const wanted = plan.body.owners ?? (plan.body.owner === undefined ? [] : [plan.body.owner]);
  const present = new Set(currentOwners(current).map(({ id }) => id));
  const domains = new Set(currentDomains(current).map(domainName));
  const wantedDomains = plan.body.domains ?? (plan.body.domain === undefined ? [] : [plan.body.domain]);
  return wanted.every(({ id }) => present.has(id)) && wantedDomains.every((fqn) => domains.has(fqn));
}

const currentDomains = (current: OmPipeline) => current.domains ?? (current.domain == null ? [] : [current.domain]);

const domainName = ({ fullyQualifiedName, name }: ReturnType<typeof currentDomains>[number]) =>
  fullyQualifiedName ?? name;

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

/** A domain that is there is not replaced by the PUT of a bot. */
function domainOperations(
  current: OmPipeline,
  wanted: CreatePipeline,
  domain: ResolvedOrganisation['domain'],
): PatchOperation[] {
  const present = currentDomains(current).map(domainName);
  if (domain === undefined || present.length === 0 || present.includes(domain.fqn)) return [];
  return wanted.domains === undefined
    ? [{ op: 'replace', path: '/domain', value: domain.reference }]
    : [{ op: 'replace', path: '/domains', value: [domain.reference] }];
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
