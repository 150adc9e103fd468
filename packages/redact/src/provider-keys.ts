import { replacement } from './replacement.js';

const privateKey =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|[\s\S]*)/g;

const jsonWebToken = /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,3}/g;

/** Keys of providers that say by themselves what they are. Lengths are exact where names of tables could look alike. */
const prefixed = [
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}',
  'gh[pousr]_[A-Za-z0-9]{36,255}',
  'github_pat_[A-Za-z0-9_]{22,255}',
  'gl(?:pat|dt|rt|cbt|ptt|soat)-[A-Za-z0-9_-]{20,255}',
  'xox[abeoprs]-[A-Za-z0-9-]{10,255}',
  'xapp-[0-9]-[A-Za-z0-9-]{10,255}',
  'AIza[A-Za-z0-9_-]{35}',
  'GOCSPX-[A-Za-z0-9_-]{28}',
  'ya29\\.[A-Za-z0-9_-]{20,512}',
  'dapi[a-f0-9]{32}(?:-[0-9])?',
  'sk-(?:proj|ant|svcacct|admin)-[A-Za-z0-9_-]{20,255}',
  'sk-[A-Za-z0-9]{32,128}',
  '[rs]k_(?:live|test)_[A-Za-z0-9]{16,128}',
  'npm_[A-Za-z0-9]{36}',
  'hf_[A-Za-z0-9]{30,64}',
  'pypi-AgE[A-Za-z0-9_-]{16,512}',
  'dckr_pat_[A-Za-z0-9_-]{20,64}',
  'do[op]_v1_[a-f0-9]{64}',
  'hv[sb]\\.[A-Za-z0-9_-]{80,300}',
  'SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}',
];
const providerKeys = new RegExp(`(?<![A-Za-z0-9_-])(?:${prefixed.join('|')})(?![A-Za-z0-9])`, 'g');

/** A secret of AWS says nothing by itself; beside its key id it does. */
const awsPair =
  /(?<![A-Za-z0-9])((?:AKIA|ASIA)[A-Z0-9]{16}\\{0,3}["']?\s{0,4}[,:;|/ \t\n]\s{0,4}\\{0,3}["']?)([A-Za-z0-9/+=]{40})(?![A-Za-z0-9/+=])/g;

/** The key of an Azure storage account: 64 bytes. */
const azureAccountKey = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==(?!=)/g;

export const redactPrivateKeys = (text: string): string =>
  text.includes('PRIVATE KEY') ? text.replace(privateKey, replacement) : text;

/** Hides tokens and keys that show by their own shape what they are. */
export function redactProviderKeys(text: string): string {
  return text
    .replace(jsonWebToken, replacement)
    .replace(awsPair, `$1${replacement}`)
    .replace(providerKeys, replacement)
    .replace(azureAccountKey, replacement);
}
