const character = "(?:[\\w.~:@!$&'()*+,;=/-]|%[0-9a-f]{2})";
const uri = new RegExp(
  `^[a-z][a-z0-9+.-]*://(?:[\\w.~-]+@)?[\\w.~-]*(?::\\d{1,5})?(?:/${character}*)?(?:\\?(?:${character}|\\?)*)?(?:#${character}*)?$`,
  'i',
);

/**
 * Whether a text is an absolute URI with two slashes, in ASCII, without a password. Less than RFC 3986 allows; what passes is a URI to
 * every validator that checks the format of events.
 */
export function isUri(text: string): boolean {
  return uri.test(text);
}
