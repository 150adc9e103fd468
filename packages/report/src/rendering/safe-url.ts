/**
 * The url in canonical spelling when a person may be sent there: absolute, http or https, without credentials.
 * Anything else, `javascript:` for one, is `undefined`.
 */
export function safeUrl(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  const isWeb = parsed.protocol === 'http:' || parsed.protocol === 'https:';
  return isWeb && parsed.username === '' && parsed.password === '' ? parsed.href : undefined;
}
