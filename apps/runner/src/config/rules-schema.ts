import { type Rule, splitFqn } from '@flowmeta/om-mapper';
import { z } from 'zod';

const fqn = (parts: number, what: string) =>
  z.string().refine((text) => namesIn(text) >= parts, `must be the full name of ${what}`);

const ruleSchema = z
  .strictObject({
    match: z
      .string()
      .min(1)
      .refine((text) => !/^\^|\$$|\\/.test(text), {
        error: 'is no regular expression',
        params: { hint: 'Write names as they are; `*` stands for any text, as in company.finance.*' },
      })
      .describe(
        'A namespace or the name of a pipeline; `*` stands for any text. `company.finance.*` means every pipeline in and below `company.finance`.',
      ),
    domain: fqn(1, 'a domain, e.g. Finance')
      .nullish()
      .describe('Full name of a domain of OpenMetadata; a pipeline that has a domain keeps it.'),
    owner: z
      .string()
      .min(1)
      .nullish()
      .describe(
        'Name or e-mail address of a user, or name of a team, instead of the owners of the source; a pipeline that has owners keeps them.',
      ),
    tags: z
      .array(fqn(2, 'a tag, e.g. PII.None'))
      .nullish()
      .describe('Full names of tags that OpenMetadata has, e.g. `PII.None`; they are added.'),
    tier: z
      .string()
      .regex(/^Tier\../, 'must be a tag of the classification Tier, e.g. Tier.Tier1')
      .nullish()
      .describe('A tag of the classification Tier, e.g. `Tier.Tier1`; a tier that a person has set stays.'),
    displayName: z
      .string()
      .min(1)
      .nullish()
      .describe('Shown as the name; a display name that a person has edited stays.'),
  })
  .refine(({ match: _match, ...rest }) => Object.values(rest).some((value) => value != null), {
    message: 'gives nothing',
    params: { hint: 'Say what the pipelines get: domain, owner, tags, tier or displayName.' },
  });

/** `rules`: what pipelines get in the catalog beyond what their source says. */
export const rulesSchema = z.array(ruleSchema);

/** Empty keys are as good as none. */
export function rulesOf(rules: z.output<typeof rulesSchema>): Rule[] {
  return rules.map(
    (rule) => Object.fromEntries(Object.entries(rule).filter(([, value]) => value != null)) as unknown as Rule,
  );
}

function namesIn(text: string): number {
  try {
    return splitFqn(text).filter((name) => name !== '').length;
  } catch {
    return 0;
  }
}
