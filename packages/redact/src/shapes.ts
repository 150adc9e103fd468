import { isSecretName } from './secret-names.js';
import { isTemplateOnly } from './templates.js';
import { redactWebhookKeys } from './webhook-keys.js';

/** What stands in a secret's place. */
export const replacement = '***';

const hide = (value: string): string => (isTemplateOnly(value) ? value : replacement);

/*
 * Each expression below takes time in proportion to the text: a start can't be tried twice over the same characters
 * (look-behinds pin it to the start of a run, classes end at the next start, or a bound caps it), and alternatives inside
 * a repetition begin with different characters.
 */

const privateKey =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|[\s\S]*)/g;

const jsonWebToken = /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?/g;

/** Keys of providers that say by themselves what they are. */
const providerKeys =
  /(?<![A-Za-z0-9_-])(?:(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}|glpat-[A-Za-z0-9_-]{20,255}|xox[abeoprs]-[A-Za-z0-9-]{10,255}|AIza[A-Za-z0-9_-]{35})(?![A-Za-z0-9])/g;

const slackHook = /(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[^\s"'<>]{1,256}/g;

const userInfo = /(:\/\/)((?:\{\{[^{}]*\}\}|\{(?!\{)|[^\s/?#"'<>{])+)@/g;

/** A password in a url that holds a slash, a question mark or a hash: not a valid url, but people write them. */
const untidyUserInfo = /(:\/\/)([^\s"'<>@/:[\]{}]{1,128}:(?!\d{1,5}(?:[/?#]|$))[^\s"'<>@{}]{1,256})@/g;

const oracleUserInfo = /(jdbc:oracle:[a-z]{2,6}:)([^\s/@"'<>]{1,128}\/[^\s@"'<>]{1,256})@/gi;

const kestraWebhook = /(\/executions\/webhook\/[^/\s"'<>]{1,256}\/[^/\s"'<>]{1,256}\/)([^\s/?#"'<>&]{1,512})/g;

const authorizationHeader =
  /(authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:Basic|Bearer|Token|ApiKey|Digest)\s{1,4})(\{\{[^{}]*\}\}|[^\s"'<>]+)/gi;

const bearerOrBasic = /(?<![A-Za-z0-9])((?:Basic|Bearer)\s{1,4})([A-Za-z0-9+/=._~-]{8,})/gi;

/** `name =`, `name:`, `"name":`, also with the quotes escaped. What follows is only looked at when the name is a secret's. */
const assignmentStart =
  /(?<![A-Za-z0-9_.-])([A-Za-z][A-Za-z0-9_.-]{1,80})\\{0,3}["']?\s{0,3}(?:=>|[:=])\s{0,3}(?:\\{1,3}["'])?/g;

/** A value in quotes (also one cut off), as a template, or up to the next separator. */
const assignedValue =
  /"(?:\{\{[^{}\n]*\}\}|\{(?!\{)|\\[^\n]|[^"\\{\n])*"?|'(?:\{\{[^{}\n]*\}\}|\{(?!\{)|''|\\[^\n]|[^'\\{\n])*'?|(?:\{\{[^{}\n]*\}\}|\{(?!\{)|[^\s&;"'<>{])+/y;

/** SQL that names a secret without an equals sign. */
const sqlLiteral =
  /(?<![A-Za-z0-9_])((?:IDENTIFIED\s{1,8}(?:WITH\s{1,8}[^\s']{1,64}\s{1,8})?(?:BY|AS)(?:\s{1,8}(?:VALUES|PASSWORD))?|(?:UNENCRYPTED\s{1,8}|ENCRYPTED\s{1,8})?PASSWORD|CREDENTIALS(?:\s{1,8}AS)?|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|AWS_KEY_ID|AWS_SECRET_KEY|MASTER_SYMMETRIC_KEY)\s{0,8})'((?:\{\{[^{}\n]*\}\}|\{(?!\{)|''|[^'{\n])*)('?)/gi;

const looksLikeCredential = (value: string): boolean => /\d|=|[a-z][A-Z]|[A-Z]{2}/.test(value);

const schemeOnly = /^(?:Basic|Bearer|Token|ApiKey|Digest)(?: \*{3})?$/i;

function hideValue(value: string): string {
  const quote = value.startsWith('"') || value.startsWith("'") ? value[0]! : '';
  const closed = quote !== '' && value.length > 1 && value.endsWith(quote);
  const inner = value.slice(quote.length, closed ? -1 : undefined);
  // `authorization: Basic …` is dealt with by its own expression, which keeps the scheme.
  if (inner === '' || schemeOnly.test(inner)) return value;
  return quote + hide(inner) + (closed ? quote : '');
}

function redactAssignments(text: string): string {
  let result = '';
  let done = 0;
  assignmentStart.lastIndex = 0;
  for (let start = assignmentStart.exec(text); start !== null; start = assignmentStart.exec(text)) {
    if (!isSecretName(start[1]!)) continue;
    assignedValue.lastIndex = assignmentStart.lastIndex;
    const value = assignedValue.exec(text)?.[0];
    if (value === undefined) continue;
    result += text.slice(done, assignmentStart.lastIndex) + hideValue(value);
    done = assignedValue.lastIndex;
    assignmentStart.lastIndex = done;
  }
  return result + text.slice(done);
}

function hideUserInfo(match: string, scheme: string, userAndPassword: string): string {
  const colon = userAndPassword.indexOf(':');
  const secretPart = colon < 0 ? userAndPassword : userAndPassword.slice(colon + 1);
  return isTemplateOnly(secretPart) ? match : `${scheme}${replacement}@`;
}

/** Replaces everything in the text that looks like a secret, without being told any. Takes time linear in the length. */
export function redactText(text: string): string {
  const known = redactWebhookKeys(text)
    .replace(privateKey, replacement)
    .replace(userInfo, hideUserInfo)
    .replace(untidyUserInfo, hideUserInfo)
    .replace(oracleUserInfo, hideUserInfo)
    .replace(kestraWebhook, (_match, path: string, key: string) => path + hide(key))
    .replace(slackHook, `$1${replacement}`)
    .replace(authorizationHeader, (_match, scheme: string, value: string) => scheme + hide(value))
    .replace(bearerOrBasic, (match, scheme: string, value: string) =>
      looksLikeCredential(value) ? scheme + replacement : match,
    )
    .replace(sqlLiteral, (_match, prefix: string, value: string, end: string) => `${prefix}'${hide(value)}${end}`);
  return redactAssignments(known).replace(jsonWebToken, replacement).replace(providerKeys, replacement);
}
