/** A node of the parser's tree: an object with one key, the node's kind, or the content of such a node. */
export type Node = Readonly<Record<string, unknown>>;

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The kind of an expression and its content, e.g. `['column', { name, table }]`; a kind without content is a mere text. */
export function unwrap(value: unknown): [kind: string, content: Node] {
  if (typeof value === 'string') return [value, {}];
  if (!isNode(value)) return ['', {}];
  for (const kind in value) {
    const content = value[kind];
    return [kind, isNode(content) ? content : {}];
  }
  return ['', {}];
}

export const nodeAt = (node: Node, key: string): Node | undefined => {
  const value = node[key];
  return isNode(value) ? value : undefined;
};

export const listAt = (node: Node, key: string): readonly unknown[] => {
  const value = node[key];
  return Array.isArray(value) ? value : [];
};

export const textAt = (node: Node, key: string): string | undefined => {
  const value = node[key];
  return typeof value === 'string' ? value : undefined;
};

/** A name of the tree, `{ name, quoted }`, also where the tree has a bare text or a wrapped one. */
export function identifier(value: unknown): { text: string; quoted: boolean } | undefined {
  if (typeof value === 'string') return value === '' ? undefined : { text: value, quoted: false };
  if (!isNode(value)) return undefined;
  if (typeof value.name === 'string')
    return value.name === '' ? undefined : { text: value.name, quoted: value.quoted === true };
  return 'identifier' in value ? identifier(value.identifier) : undefined;
}

/** The text of a string literal. */
export function literalText(value: unknown): string | undefined {
  const [kind, content] = unwrap(value);
  return kind === 'literal' && content.literal_type !== 'number' ? textAt(content, 'value') : undefined;
}

const queries = new Set(['select', 'union', 'intersect', 'except', 'subquery', 'paren', 'values', 'pivot']);

/** Whether a node of this kind gives rows. */
export const isQuery = (kind: string): boolean => queries.has(kind);
