import { KestraError } from './kestra-error.js';

/**
 * The root of a Kestra server from what a browser shows or a person types: without `/ui…`, `/api/v1…`, query, fragment,
 * user info and trailing slashes; a context path stays. Throws a `KestraError` for what is no http(s) address.
 */
export function normaliseUrl(url: string): string {
  const trimmed = url.trim();
  // The address is not repeated in the error: it may hold a password.
  if (!/^https?:\/\//i.test(trimmed) || !URL.canParse(trimmed)) {
    throw new KestraError('the Kestra address is no http(s) url', {
      kind: 'url',
      verdict: 'fatal',
      hint: 'Write it as a browser shows it, e.g. https://kestra.example.com:8080.',
    });
  }
  const { origin, pathname } = new URL(trimmed);
  const path = pathname.replace(/\/{2,}/g, '/').replace(/\/(?:ui|api\/v1)(?:\/.*)?$/, '');
  return origin + path.replace(/\/$/, '');
}
