import type { Pipeline } from '@flowmeta/connector';

/** What a pipeline gets in the catalog beyond what its source says. */
export interface Organisation {
  /** FQN of a domain. */
  domain?: string;
  /** Name or e-mail address of a user, or name of a team; in place of the owners of the source. */
  owner?: string;
  /** FQNs of tags that the catalog has, e.g. `PII.None`. */
  tags?: readonly string[];
  /** FQN of a tag of the classification `Tier`, e.g. `Tier.Tier1`. */
  tier?: string;
  displayName?: string;
}

/** What pipelines of some names and namespaces get. */
export interface Rule extends Organisation {
  /**
   * A namespace or the name of a pipeline; `*` stands for any text. `company.finance.*` means every pipeline in and below
   * `company.finance`, `company.finance` those of just this namespace.
   */
  match: string;
}

const fields = ['domain', 'owner', 'tags', 'tier', 'displayName'] as const;

/** Applies rules to pipelines: of each field, the first rule that matches and has it counts. */
export function createOrganiser(rules: readonly Rule[]): (pipeline: Pipeline) => Organisation {
  const compiled = rules.map((rule) => ({ rule, pattern: patternOf(rule.match) }));
  return ({ name, namespace }) => {
    const matching = compiled
      .filter(({ pattern }) => pattern.test(name) || (namespace !== undefined && pattern.test(namespace)))
      .map(({ rule }) => rule);
    return Object.fromEntries(
      fields.flatMap((field) => {
        const rule = matching.find((each) => each[field] !== undefined);
        return rule === undefined ? [] : [[field, rule[field]]];
      }),
    );
  };
}

const patternOf = (match: string): RegExp =>
  new RegExp(
    `^${match
      .split('*')
      .map((text) => text.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );
