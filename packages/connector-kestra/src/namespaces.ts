/** Whether `namespace` is `root` or below it: a namespace stands for itself and its children. */
export function isWithin(namespace: string, root: string): boolean {
  return namespace === root || namespace.startsWith(`${root}.`);
}

/**
 * The namespaces that both lists cover, without those that lie below another one; `undefined` means all. Empty when they
 * have nothing in common.
 */
export function commonNamespaces(one: string[] | undefined, other: string[] | undefined): string[] | undefined {
  if (one === undefined || other === undefined) return withoutChildren(one ?? other);
  const common = [
    ...one.filter((name) => other.some((root) => isWithin(name, root))),
    ...other.filter((name) => one.some((root) => isWithin(name, root))),
  ];
  return withoutChildren(common);
}

function withoutChildren(names: string[] | undefined): string[] | undefined {
  const distinct = names && [...new Set(names)];
  return distinct?.filter((name) => !distinct.some((root) => root !== name && isWithin(name, root))).sort();
}

/** The one namespace above (or equal to) all of these, which a server can be asked for; `undefined` when there is none. */
export function namespaceAbove(names: string[] | undefined): string | undefined {
  const [first, ...others] = names ?? [];
  if (first === undefined) return undefined;
  const parts = first.split('.');
  while (parts.length > 0) {
    const candidate = parts.join('.');
    if (others.every((name) => isWithin(name, candidate))) return candidate;
    parts.pop();
  }
  return undefined;
}
