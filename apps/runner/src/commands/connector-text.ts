import type { Capabilities } from '@flowmeta/connector';

/** What a connector yields, in words. */
export function abilities({ runs, lineage, owners }: Capabilities): string {
  const flags = { runs, lineage, owners };
  return ['pipelines', ...Object.keys(flags).filter((key) => flags[key as keyof typeof flags])].join(', ');
}
