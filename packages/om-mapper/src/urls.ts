// RFC 3986, which is what the servers' URI parser wants (OM fact 18). No `@` in the authority: a credential never leaves.
const character = String.raw`(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})`;
const authority = String.raw`(?:[A-Za-z0-9\-._~%]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?`;
const webUrlPattern = new RegExp(
  `^https?://${authority}(?:/${character}*)?(?:\\?(?:${character}|\\?)*)?(?:#(?:${character}|\\?)*)?$`,
);

/**
 * An absolute http(s) URL that servers take: the text itself, or its normalised form if only that one is legal (a space
 * becomes `%20`); `undefined` where neither is.
 */
export function webUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (webUrlPattern.test(text)) return text;
  const normalised = URL.canParse(text) ? new URL(text).href : '';
  return webUrlPattern.test(normalised) ? normalised : undefined;
}
