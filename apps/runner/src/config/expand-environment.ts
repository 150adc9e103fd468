/** `$$NAME` or `$${…}` (a dollar sign as such), `$NAME`, `${NAME}`, `${NAME:-default}`; any other `$` is left alone. */
const reference =
  /\$(?<escaped>\$(?=[A-Za-z_{]))|\$(?<bare>[A-Za-z_][A-Za-z0-9_]*)|\$\{(?<braced>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<fallback>[^}]*))?\}/g;

export interface Expansion {
  text: string;
  /** Whether there was anything to expand. */
  changed: boolean;
  /** Variables that are not set and have no default. */
  missing: string[];
  /** Whether `$$` was read as one dollar sign. */
  escaped: boolean;
}

/**
 * Replaces references to environment variables in one value. As in a shell, a default also stands in for a variable that
 * is set but empty. What comes from a variable is not expanded again.
 */
export function expandEnvironment(text: string, environment: Record<string, string | undefined>): Expansion {
  const missing: string[] = [];
  let escaped = false;
  const expanded = text.replace(reference, (...match) => {
    const groups = match.at(-1) as { escaped?: string; bare?: string; braced?: string; fallback?: string };
    if (groups.escaped !== undefined) {
      escaped = true;
      return '$';
    }
    const name = groups.bare ?? groups.braced ?? '';
    const value = environment[name];
    if (groups.fallback !== undefined) return value || groups.fallback;
    if (value === undefined) missing.push(name);
    return value ?? '';
  });
  return { text: expanded, changed: expanded !== text, missing, escaped };
}
