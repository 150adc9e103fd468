import type { Label } from '@flowmeta/connector';
import type { KestraLabel } from '@flowmeta/kestra-client';

/** Which labels of a flow are shown. */
export interface LabelChoice {
  labelIncludes?: string[] | undefined;
  labelExcludes?: string[] | undefined;
}

/** Kestra reserves this prefix in every version; later ones name more in their configuration. */
const reservedPrefix = 'system.';

/** The labels that people gave a flow, as far as the config wants them, each key and value once. */
export function chosenLabels(
  labels: readonly KestraLabel[],
  choice: LabelChoice,
  hiddenPrefixes: readonly string[],
): Label[] {
  const hidden = [reservedPrefix, ...hiddenPrefixes];
  const chosen = new Map<string, Label>();
  for (const { key, value } of labels) {
    if (key.trim() === '' || hidden.some((prefix) => prefix !== '' && key.startsWith(prefix))) continue;
    if (choice.labelIncludes?.includes(key) === false || choice.labelExcludes?.includes(key)) continue;
    chosen.set(JSON.stringify([key, value]), { key, value });
  }
  return [...chosen.values()];
}
