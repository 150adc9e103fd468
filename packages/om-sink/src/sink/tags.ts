import { buildFqn, type TagDraft } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import { verdictOf } from '../client/error.js';
import type { SinkFinding } from '../types.js';
import { findingOf } from './findings.js';
import { remember } from './remember.js';

interface ClassificationState {
  mutuallyExclusive: boolean;
  /** FQNs of the tags that exist, by name. */
  tags: Map<string, string>;
}

export interface TagResolver {
  /**
   * FQNs of those tags that exist now, made if need be. What can't be made is left out and reported; `isPartial` says that
   * a later try may succeed.
   */
  resolve(tags: readonly TagDraft[]): Promise<{ fqns: string[]; isPartial: boolean }>;
  readonly created: number;
  readonly findings: SinkFinding[];
}

/** The FQN that a tag has once it exists. */
export const tagFqn = (tag: Pick<TagDraft, 'classification' | 'name'>): string =>
  buildFqn([tag.classification, tag.name]);

/**
 * Makes classifications and tags, each once, before a pipeline carries them: an unknown tag on a pipeline can leave it
 * broken for good (OM fact 14).
 */
export function createTagResolver(client: OmClient): TagResolver {
  const classifications = new Map<string, Promise<ClassificationState | undefined>>();
  const tags = new Map<string, Promise<string | undefined>>();
  const findings: SinkFinding[] = [];
  let created = 0;

  /** Runs once; an error that concerns only this item becomes a finding and `undefined`. */
  const once = <T>(cache: Map<string, Promise<T | undefined>>, ref: string, work: () => Promise<T>) =>
    remember(cache, ref, () =>
      work().catch((error: unknown) => {
        if (verdictOf(error) === 'fatal') throw error;
        const { message, hint } = findingOf(ref, error);
        findings.push({ ref, message: `Left out: ${message}`, ...(hint === undefined ? {} : { hint }), lost: true });
        return undefined;
      }),
    );

  const classification = (name: string) =>
    once(classifications, `classification ${name}`, async () => {
      const existing = await client.getClassification(name);
      if (existing === undefined) {
        await client.putClassification({
          name,
          description: 'Labels of pipelines, brought in by Flowmeta. A tag stands for one label, key and value.',
          mutuallyExclusive: false,
        });
        return { mutuallyExclusive: false, tags: new Map() };
      }
      const present = await client.listTags(name);
      return {
        mutuallyExclusive: existing.mutuallyExclusive === true,
        tags: new Map(present.map((tag) => [tag.name, tag.fullyQualifiedName])),
      };
    });

  const ensure = (draft: TagDraft, state: ClassificationState) =>
    once(tags, `tag ${tagFqn(draft)}`, async () => {
      const present = state.tags.get(draft.name);
      if (present !== undefined) return present;
      const { classification, name, displayName, description } = draft;
      const result = await client.putTag({
        classification,
        name,
        description,
        ...(displayName === undefined ? {} : { displayName }),
      });
      if (result.created) created += 1;
      return result.tag.fullyQualifiedName;
    });

  return {
    async resolve(drafts) {
      const perClassification = new Map<string, number>();
      let isPartial = false;
      for (const { classification: name } of drafts) {
        perClassification.set(name, (perClassification.get(name) ?? 0) + 1);
      }
      const resolved = await Promise.all(
        drafts.map(async (draft) => {
          const state = await classification(draft.classification);
          if (state === undefined) {
            isPartial = true;
            return undefined;
          }
          if (state.mutuallyExclusive && perClassification.get(draft.classification)! > 1) {
            // Two tags of it on one pipeline are refused, and can wipe the tags that are there (OM fact 14).
            const ref = `classification ${draft.classification}`;
            const message = 'Its tags exclude each other, so pipelines with several labels get none of them';
            if (!findings.some((finding) => finding.ref === ref)) {
              findings.push({
                ref,
                message,
                hint: 'Make the classification not mutually exclusive, or use another one.',
              });
            }
            return undefined;
          }
          const fqn = await ensure(draft, state);
          if (fqn === undefined) isPartial = true;
          return fqn;
        }),
      );
      return { fqns: resolved.filter((fqn) => fqn !== undefined), isPartial };
    },
    get created() {
      return created;
    },
    findings,
  };
}
