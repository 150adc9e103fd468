import type { Capabilities } from '@flowmeta/connector';

/** What a connector yields, in words. */
export function abilities({ runs, lineage, owners }: Capabilities): string {
  const flags = { runs, lineage, owners };
  return ['pipelines', ...Object.keys(flags).filter((key) => flags[key as keyof typeof flags])].join(', ');
}

/** A text of somebody's package, so that it can't move the cursor or hide what stands before it. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
