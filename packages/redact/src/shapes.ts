import { redactAssignments, redactPairs } from './assignments.js';
import { redactCommandLines } from './command-lines.js';
import { redactPrivateKeys, redactProviderKeys } from './provider-keys.js';
import { hide, replacement } from './replacement.js';
import { redactSql } from './sql-secrets.js';
import { redactUrls } from './urls.js';
import { redactWebhookKeys } from './webhook-keys.js';

/*
 * Each expression of this package takes time in proportion to the text: a start can't be tried twice over the same
 * characters (look-behinds pin it to the start of a run, classes end at the next start, or a bound caps it), and alternatives
 * inside a repetition begin with different characters.
 */

const authorizationHeader =
  /(authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:Basic|Bearer|Token|ApiKey|Digest)\s{1,4})(\{\{[^{}]*\}\}|[^\s"'<>]+)/gi;

const bearerOrBasic = /(?<![A-Za-z0-9])((?:Basic|Bearer)\s{1,4})([A-Za-z0-9+/=._~-]{8,})/gi;

const looksLikeCredential = (value: string): boolean => /\d|=|[a-z][A-Z]|[A-Z]{2}/.test(value);

/** Most texts: no secret is that short and has neither a name nor a place. */
const plainWord = /^[\w./-]{0,15}$/;

/** Replaces everything in the text that looks like a secret, without being told any. Takes time linear in the length. */
export function redactText(text: string): string {
  if (plainWord.test(text)) return text;
  const withoutUrls = redactUrls(redactPrivateKeys(redactWebhookKeys(text)));
  const withoutHeaders = withoutUrls
    .replace(authorizationHeader, (_match, scheme: string, value: string) => scheme + hide(value))
    .replace(bearerOrBasic, (match, scheme: string, value: string) =>
      looksLikeCredential(value) ? scheme + replacement : match,
    );
  return redactProviderKeys(redactAssignments(redactPairs(redactSql(redactCommandLines(withoutHeaders)))));
}
