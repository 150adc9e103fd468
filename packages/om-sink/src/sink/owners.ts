import type { PipelineDraft, Reference } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import { hintOf, verdictOf } from '../client/error.js';
import type { SinkFinding } from '../types.js';
import { messageOf } from './findings.js';
import { remember } from './remember.js';

type OwnerDraft = PipelineDraft['owners'][number];

interface Resolution {
  reference?: Reference;
  /** Why there is none. */
  reason?: string;
  /** Present when OpenMetadata could not be asked, so that it may well know the owner. */
  failure?: { hint: string | undefined };
}

export interface OwnerResolver {
  /** References of those owners that OpenMetadata knows, in the order given. */
  resolve(owners: readonly OwnerDraft[]): Promise<Reference[]>;
  /** One per owner that OpenMetadata doesn't know, `lost` where it could not be asked. */
  findings(): SinkFinding[];
}

/** Looks up users and teams by name, users also by e-mail address; each once. */
export function createOwnerResolver(client: OmClient): OwnerResolver {
  const cache = new Map<string, Promise<Resolution>>();
  const unresolved = new Map<string, Resolution & { origin: string; pipelines: number }>();

  const lookUp = async (name: string): Promise<Resolution> => {
    try {
      const user = name.includes('@') ? await client.findUserByEmail(name) : await client.findUser(name);
      if (user !== undefined) return { reference: { id: user.id, type: 'user' } };
      const team = name.includes('@') ? undefined : await client.findTeam(name);
      if (team === undefined) return { reason: 'is neither a user nor a team in OpenMetadata' };
      if (team.teamType != null && team.teamType !== 'Group') {
        return { reason: `is a team of type ${team.teamType}, and only a Group can own something` };
      }
      return { reference: { id: team.id, type: 'team' } };
    } catch (error) {
      if (verdictOf(error) === 'fatal') throw error;
      return { reason: `could not be looked up: ${messageOf(error)}`, failure: { hint: hintOf(error) } };
    }
  };

  return {
    async resolve(owners) {
      const references: Reference[] = [];
      for (const { name, origin } of owners) {
        const resolution = await remember(cache, name, () => lookUp(name));
        if (resolution.reference !== undefined) {
          references.push(resolution.reference);
          continue;
        }
        const entry = unresolved.get(name) ?? { ...resolution, origin, pipelines: 0 };
        unresolved.set(name, { ...entry, pipelines: entry.pipelines + 1 });
      }
      return references;
    },
    findings: () =>
      [...unresolved].map(([name, { origin, reason = 'is unknown', failure, pipelines }]) => ({
        ref: `owner ${name}`,
        message: `${name} (${origin}) ${reason}; ${pipelines} ${pipelines === 1 ? 'pipeline goes' : 'pipelines go'} without this owner`,
        ...(failure === undefined
          ? {
              hint: 'Add the user or team in OpenMetadata, or map the name to one that is there (the source’s `ownerMapping`).',
            }
          : { hint: failure.hint ?? 'Run again once OpenMetadata answers.', lost: true as const }),
      })),
  };
}
