import { byText, sorted } from './compare.js';
import type { InstalledTypes, UnusedGroup } from './types.js';
import type { Usage } from './usage.js';

/** What is known of a server's types. */
export interface ServerTypes {
  types: ReadonlySet<string>;
  /** Further names that it takes. */
  aliases: ReadonlySet<string>;
  /** Whether there are pipelines that were not looked at. */
  isPartial: boolean;
}

/** Sets what the server has against what pipelines name and what set runs off. */
export function compareInstalled(
  { types: installed, aliases, isPartial }: ServerTypes,
  {
    usage,
    triggerTypes,
    groupOf,
  }: { usage: Usage; triggerTypes: ReadonlySet<string>; groupOf: (type: string) => string },
): InstalledTypes {
  const missing = sorted(usage.enabled.keys())
    .filter((type) => !installed.has(type) && !aliases.has(type))
    .map((type) => ({ type, pipelines: sorted(usage.enabled.get(type)!) }));
  if (isPartial) return { count: installed.size, isPartial, unused: [], missing };
  const isUsed = (type: string): boolean => usage.enabled.has(type) || triggerTypes.has(type);
  const triggered = new Set([...triggerTypes].map(groupOf));
  const byGroup = new Map<string, string[]>();
  for (const type of sorted(installed)) {
    const group = groupOf(type);
    const types = byGroup.get(group);
    if (types === undefined) byGroup.set(group, [type]);
    else types.push(type);
  }
  const unused: UnusedGroup[] = [...byGroup]
    .map(([group, all]) => {
      const types = all.filter((type) => !isUsed(type));
      return {
        group,
        types,
        whole: types.length === all.length && !triggered.has(group),
        namedByDisabled: types.filter((type) => usage.disabled.has(type)),
      };
    })
    .filter(({ types }) => types.length > 0)
    .sort((left, right) => byText(left.group, right.group));
  return { count: installed.size, unused, missing };
}
