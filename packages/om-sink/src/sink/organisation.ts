import { type PipelineDraft, type Reference, splitFqn } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import { verdictOf } from '../client/error.js';
import type { SinkFinding } from '../types.js';
import { findingOf } from './findings.js';
import { remember } from './remember.js';

/** What a pipeline gets of the catalog's own order: only what is there. */
export interface ResolvedOrganisation {
  /** FQNs. */
  tags: string[];
  /** Those classifications of the tags of which an entity can have one tag only. */
  exclusive: ReadonlySet<string>;
  domain?: { fqn: string; reference: Reference };
  /** What could not be looked up. */
  findings: SinkFinding[];
}

export interface OrganisationResolver {
  resolve(draft: PipelineDraft): Promise<ResolvedOrganisation>;
  /** One per tag or domain that the catalog doesn't have, or that excludes another one. */
  findings(): SinkFinding[];
}

/** Looks up domains and tags that pipelines are to have and that are not made for them; each once. */
export function createOrganisationResolver(client: OmClient): OrganisationResolver {
  const tags = new Map<string, Promise<string | undefined>>();
  const classifications = new Map<string, Promise<boolean>>();
  const domains = new Map<string, Promise<ResolvedOrganisation['domain']>>();
  const missing = new Map<string, { hint: string; pipelines: number }>();

  const findTag = (fqn: string) => remember(tags, fqn, async () => (await client.findTag(fqn))?.fullyQualifiedName);
  const isExclusive = (classification: string) =>
    remember(
      classifications,
      classification,
      async () => (await client.getClassification(classification))?.mutuallyExclusive === true,
    );
  const findDomain = (fqn: string) =>
    remember(domains, fqn, async () => {
      const domain = await client.findDomain(fqn);
      return domain && { fqn: domain.fullyQualifiedName, reference: { id: domain.id, type: 'domain' } };
    });
  const miss = (what: string, hint: string) => {
    missing.set(what, { hint, pipelines: (missing.get(what)?.pipelines ?? 0) + 1 });
  };

  return {
    async resolve({ pipeline, catalogTags, domain: wantedDomain }) {
      const resolved: ResolvedOrganisation = { tags: [], exclusive: new Set(), findings: [] };
      const taken = new Set<string>();
      const exclusive = new Set<string>();
      const lookUp = async (what: string, work: () => Promise<void>) => {
        try {
          await work();
        } catch (error) {
          if (verdictOf(error) === 'fatal') throw error;
          const { message, ...rest } = findingOf(pipeline, error);
          resolved.findings.push({
            ...rest,
            message: `It goes without the ${what}, which could not be looked up: ${message}`,
            lost: true,
          });
        }
      };
      for (const wanted of catalogTags) {
        await lookUp(`tag ${wanted}`, async () => {
          const fqn = await findTag(wanted);
          if (fqn === undefined) {
            miss(`the tag ${wanted}`, 'Make it in OpenMetadata (Govern, Classification), or correct the rule.');
            return;
          }
          const classification = splitFqn(fqn)[0]!;
          if (await isExclusive(classification)) {
            exclusive.add(classification);
            if (taken.has(classification)) {
              miss(`the tag ${wanted}`, `It has another tag of ${classification}, whose tags exclude each other.`);
              return;
            }
          }
          taken.add(classification);
          resolved.tags.push(fqn);
        });
      }
      if (wantedDomain !== undefined) {
        await lookUp(`domain ${wantedDomain}`, async () => {
          const domain = await findDomain(wantedDomain);
          if (domain === undefined) {
            miss(`the domain ${wantedDomain}`, 'Make it in OpenMetadata (Govern, Domains), or correct the rule.');
          } else resolved.domain = domain;
        });
      }
      return { ...resolved, exclusive };
    },
    findings: () =>
      [...missing].map(([what, { hint, pipelines }]) => ({
        ref: what.replace('the ', ''),
        message: `${pipelines} ${pipelines === 1 ? 'pipeline goes' : 'pipelines go'} without ${what} of the rules`,
        hint,
      })),
  };
}
