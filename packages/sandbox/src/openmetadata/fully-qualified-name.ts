import { refuse } from './refusals.js';

/**
 * A name as a part of a fully qualified name: quoted when it holds a dot, without outer quotes that it does not need.
 * Any other quote inside is refused with 400 (OM facts 9 and 10).
 */
export function quoteName(name: string): string {
  const quoted = /^"([^"]*)"$/.exec(name);
  const inner = quoted?.[1] ?? name;
  if (inner.includes('"')) throw refuse(400, `Invalid name ${name}`);
  return inner.includes('.') ? `"${inner}"` : inner;
}

/** The parent's fully qualified name and a name, joined. */
export const childName = (parent: string, name: string): string => `${parent}.${quoteName(name)}`;

/** The fully qualified name with quotes only where they are needed, or the text itself where it is none. */
export function normalizeName(text: string): string {
  if (!text.includes('"')) return text;
  const parts = text.match(/"[^"]*"|[^."]+/g);
  if (parts?.join('.') !== text) return text;
  return parts.map((part) => (part.startsWith('"') && !part.includes('.') ? part.slice(1, -1) : part)).join('.');
}
