import { hide, replacement } from './replacement.js';
import { isTemplateOnly } from './templates.js';

/** Before the `@` of these stands the container of a storage account, or a user who signs in with a key: worth reading. */
const openUserInfo = /(?<![a-z0-9+.-])(?:abfss?|wasbs?|ssh|sftp|git\+ssh)$/i;
const longestScheme = 16;

const userInfo = /:\/\/((?:\{\{[^{}]*\}\}|\{(?!\{)|[^\s/?#"'<>{])+)@/g;

/** A password in a url that holds a slash, a question mark or a hash: not a valid url, but people write them. */
const untidyUserInfo = /:\/\/([^\s"'<>@/:[\]{}]{1,128}:(?!\d{1,5}(?:[/?#]|$))[^\s"'<>@{}]{1,256})@/g;

const oracleUserInfo = /(jdbc:oracle:[a-z0-9]{2,6}:)([^\s/@"'<>]{1,128}\/(?:\\?"[^"\n]{1,256}"|[^\s@"'<>]{1,256}))@/gi;

/** Urls whose path lets whoever knows it post, start a flow or act as a bot. */
const secretPaths = [
  /(\/executions\/webhook\/[^/\s"'<>]{1,256}\/[^/\s"'<>]{1,256}\/)([^\s/?#"'<>&]{1,512})/g,
  /(hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/)([^\s"'<>]{1,256})/g,
  /(hooks\.zapier\.com\/hooks\/catch\/)([^\s"'<>]{1,256})/g,
  /(discord(?:app)?\.com\/api\/webhooks\/)([^\s"'<>]{1,256})/g,
  /((?:\.webhook|outlook)\.office(?:365)?\.com\/webhook(?:b2)?\/)([^\s"'<>]{1,512})/g,
  /(api\.telegram\.org\/bot)([^\s/"'<>]{1,256})/g,
  /(\.azurewebsites\.net\/[^\s"'<>?]{0,256}\?code=)([^\s"'<>&]{1,256})/g,
];

function hideUserInfo(match: string, found: string, offset: number, text: string): string {
  const colon = found.indexOf(':');
  if (colon < 0 && openUserInfo.test(text.slice(Math.max(0, offset - longestScheme), offset))) return match;
  return isTemplateOnly(found.slice(colon + 1)) ? match : `://${replacement}@`;
}

/** Hides who signs in at a url and with what, and the paths that are keys by themselves. */
export function redactUrls(text: string): string {
  let redacted = text;
  if (text.includes('://')) redacted = redacted.replace(userInfo, hideUserInfo).replace(untidyUserInfo, hideUserInfo);
  redacted = redacted.replace(oracleUserInfo, (match, driver: string, found: string) =>
    isTemplateOnly(found.slice(found.indexOf('/') + 1)) ? match : `${driver}${replacement}@`,
  );
  for (const path of secretPaths)
    redacted = redacted.replace(path, (_match, open: string, key: string) => open + hide(key));
  return redacted;
}
