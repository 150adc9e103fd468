import { formsOf } from './known-forms.js';
import { replacement } from './replacement.js';
import { isSecretName } from './secret-names.js';
import { redactText } from './shapes.js';
import { isTemplateOnly } from './templates.js';
import type { Redactor } from './types.js';

/** Shorter ones would blank out ordinary words. */
const shortestSecret = 4;

const escapeForRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/**
 * A redactor that replaces these secrets wherever they stand (also encoded, as urls, JSON, HTML and Base64 do), and everything that
 * looks like a secret by its shape or its name. Templates such as `{{ secret('X') }}` stay.
 */
export function createRedactor(secrets: string[] = []): Redactor {
  const known = new Set<string>();
  let pattern: RegExp | undefined;

  const add = (secret: string): void => {
    if (secret.length < shortestSecret) return;
    for (const form of formsOf(secret)) known.add(form);
    // The longest first, so that a secret that begins like another one is replaced as a whole.
    const longestFirst = [...known].sort((a, b) => b.length - a.length);
    pattern = new RegExp(longestFirst.map(escapeForRegExp).join('|'), 'g');
  };

  const withoutKnown = (text: string): string => {
    if (pattern === undefined) return text;
    // Again until nothing changes: a secret with asterisks of its own can arise from a replacement. Each pass shortens.
    for (let before = text; ; ) {
      const after = before.replace(pattern, replacement);
      if (after === before) return after;
      before = after;
    }
  };

  const text = (input: string): string => redactText(withoutKnown(input));

  /** Everything below a secret name goes, whatever it is called itself. */
  const hideAll = (value: unknown): unknown => {
    if (typeof value === 'string') return value === '' || isTemplateOnly(value) ? value : replacement;
    if (typeof value === 'number' || typeof value === 'bigint') return replacement;
    if (Array.isArray(value)) return value.map(hideAll);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [text(key), hideAll(inner)]));
    }
    return value;
  };

  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const { type, name, key: named } = value as { type?: unknown; name?: unknown; key?: unknown };
    const isWebhook = typeof type === 'string' && type.endsWith('.Webhook');
    // `{ name: 'DB_PASSWORD', value: … }`, as variables, headers and labels are written.
    const isPair = [name, named].some((text) => typeof text === 'string' && isSecretName(text));
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        const secret = isSecretName(key) || (isWebhook && key === 'key') || (isPair && key === 'value');
        return [text(key), secret ? hideAll(inner) : walk(inner)];
      }),
    );
  };

  for (const secret of secrets) add(secret);
  return { text, value: <T>(value: T): T => walk(value) as T, add };
}
