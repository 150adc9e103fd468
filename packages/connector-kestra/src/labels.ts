import type { Label } from '@flowmeta/connector';
import type { KestraLabel } from '@flowmeta/kestra-client';
import { isSecretName } from '@flowmeta/redact';

/** Which labels of a flow are shown. */
export interface LabelChoice {
  labelIncludes?: string[] | undefined;
  labelExcludes?: string[] | undefined;
}

/** Kestra reserves this prefix in every version; later ones name more in their configuration. */
const reservedPrefix = 'system.';

/**
 * The labels that people gave a flow, as far as the config wants them, each key and value once. One whose key says that it
 * holds a secret (`password`, `apiToken`) is left out: its value is not to be shown, and without it there is nothing to say.
 */
export function chosenLabels(
  labels: readonly KestraLabel[],
  choice: LabelChoice,
  hiddenPrefixes: readonly string[],
): Label[] {
  const hidden = [reservedPrefix, ...hiddenPrefixes];
  const chosen = new Map<string, Label>();
  for (const { key, value } of labels) {
    if (key.trim() === '' || hidden.some((prefix) => prefix !== '' && key.startsWith(prefix))) continue;
    if (isSecretName(key)) continue;
    if (choice.labelIncludes?.includes(key) === false || choice.labelExcludes?.includes(key)) continue;
    chosen.set(JSON.stringify([key, value]), { key, value });
  }
  return [...chosen.values()];
}
