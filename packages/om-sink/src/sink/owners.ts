import type { PipelineDraft, Reference } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import { verdictOf } from '../client/error.js';
import type { SinkFinding } from '../types.js';
import { messageOf } from './findings.js';
import { remember } from './remember.js';

type OwnerDraft = PipelineDraft['owners'][number];

type Resolution =
  | { kind: 'found'; reference: Reference }
  /** `reason`: why OpenMetadata has no such owner. */
  | { kind: 'unknown'; reason: string }
  /** OpenMetadata could not be asked, and may well know the owner. */
  | { kind: 'failed'; error: unknown };

export interface OwnerResolver {
  /**
   * References of those owners that OpenMetadata knows, in the order given, and those of which it could not be asked, with the
   * error.
   */
  resolve(owners: readonly OwnerDraft[]): Promise<{ references: Reference[]; failed: [OwnerDraft, unknown][] }>;
  /** One per owner that OpenMetadata doesn't know. */
  findings(): SinkFinding[];
}

/** Looks up users and teams by name, users also by e-mail address; each once. */
export function createOwnerResolver(client: OmClient): OwnerResolver {
  const cache = new Map<string, Promise<Resolution>>();
  const unresolved = new Map<string, { origin: string; reason: string; pipelines: number }>();

  const lookUp = async (name: string): Promise<Resolution> => {
    try {
      const user = name.includes('@') ? await client.findUserByEmail(name) : await client.findUser(name);
      if (user !== undefined) return { kind: 'found', reference: { id: user.id, type: 'user' } };
      const team = name.includes('@') ? undefined : await client.findTeam(name);
      if (team === undefined) return { kind: 'unknown', reason: 'is neither a user nor a team in OpenMetadata' };
      if (team.teamType != null && team.teamType !== 'Group') {
        const reason = `is a team of type ${team.teamType}, and only a Group can own something`;
        return { kind: 'unknown', reason };
      }
      return { kind: 'found', reference: { id: team.id, type: 'team' } };
    } catch (error) {
      if (verdictOf(error) === 'fatal') throw error;
      // A name that OpenMetadata's addresses can't hold is nobody's.
      if (error instanceof TypeError) return { kind: 'unknown', reason: `could not be looked up: ${messageOf(error)}` };
      return { kind: 'failed', error };
    }
  };

  return {
    async resolve(owners) {
      const references: Reference[] = [];
      const failed: [OwnerDraft, unknown][] = [];
      for (const owner of owners) {
        const { name, origin } = owner;
        const resolution = await remember(cache, name, () => lookUp(name));
        if (resolution.kind === 'found') references.push(resolution.reference);
        else if (resolution.kind === 'failed') failed.push([owner, resolution.error]);
        else {
          const { reason } = resolution;
          const entry = unresolved.get(name) ?? { origin, reason, pipelines: 0 };
          unresolved.set(name, { ...entry, pipelines: entry.pipelines + 1 });
        }
      }
      return { references, failed };
    },
    findings: () =>
      [...unresolved].map(([name, { origin, reason, pipelines }]) => ({
        ref: `owner ${name}`,
        message: `${name} (${origin}) ${reason}; ${pipelines} ${pipelines === 1 ? 'pipeline goes' : 'pipelines go'} without this owner`,
        hint:
          origin === 'rules'
            ? 'Add the user or team in OpenMetadata, or correct the rule.'
            : 'Add the user or team in OpenMetadata, or name one that is there: at the source, or in its `ownerMapping` if it has that option.',
      })),
  };
}
