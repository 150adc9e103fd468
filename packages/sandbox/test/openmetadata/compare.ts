type Json = Record<string, unknown>;

/** Parts of answers that are not compared, and why. */
const dropped = new Set([
  // Times and links.
  ...['href', 'updatedAt', 'revision'],
  // Roles, policies and settings that no client of a pipeline catalog reads.
  ...['inheritedRoles', 'teams', 'parents', 'isJoinable', 'openMetadataServerConnection', 'experts', 'deployed'],
]);

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** A message without what differs with the java version, the place in the text and the database. */
function message(text: string): string {
  return text
    .replace(uuid, '<id>')
    .replace(/\n at \[Source[\s\S]*$/, '')
    .replace(/, not marked as ignorable[\s\S]*$/, '')
    .replace(/(not a valid (representation|textual representation))[\s\S]*$/, '$1')
    .replace(/(unsupported Unicode escape sequence)[\s\S]*$/, '$1')
    .replace(/^(Unexpected end-of-input|Invalid UTF-8)[\s\S]*$/, '$1')
    .replace(/^\[(.*)\]$/, (_, list: string) => `[${list.split(', ').sort().join(', ')}]`)
    .replace(/'\{"id"[\s\S]*contains no value/, '… contains no value');
}

/** Names of the changed fields. */
const names = (value: unknown): unknown => (Array.isArray(value) ? value.map(({ name }) => name).sort() : value);

function byText(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** An answer's body in the form in which two are compared. */
export function comparable(value: unknown, key = ''): unknown {
  if (typeof value === 'string')
    return key === 'message' || key === 'responseMessage' ? message(value) : value.replace(uuid, '<id>');
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item));
    // The order of nodes, edges and known people says nothing.
    return ['nodes', 'upstreamEdges', 'downstreamEdges', 'owners'].includes(key) ? items.sort(byText) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const result: Json = {};
  const source = value as Json;
  for (const [name, child] of Object.entries(source).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (dropped.has(name)) continue;
    // When the server was built, and when an event was sent.
    if (name === 'timestamp' && ('revision' in source || 'eventType' in source)) continue;
    // The texts of the built-in tags.
    if (name === 'description' && 'tagFQN' in source) continue;
    if (name === 'changeDescription') {
      const { fieldsAdded, fieldsUpdated, fieldsDeleted, previousVersion } = child as Json;
      result[name] = [names(fieldsAdded), names(fieldsUpdated), names(fieldsDeleted), previousVersion];
    } else if (key === 'paging' && name !== 'total') result[name] = 'cursor';
    else result[name] = comparable(child, name);
  }
  return result;
}

/** A text body (malformed JSON, 414) in the same form. */
export const comparableText = (text: string): string => message(text);

/** Where two values differ, e.g. `tasks.0.name: "a" ≠ "b"`; empty where they don't. */
export function differences(expected: unknown, actual: unknown, path = ''): string[] {
  if (Object.is(expected, actual)) return [];
  const bothObjects =
    typeof expected === 'object' && typeof actual === 'object' && expected !== null && actual !== null;
  if (!bothObjects || Array.isArray(expected) !== Array.isArray(actual)) {
    return [`${path}: ${JSON.stringify(expected)?.slice(0, 200)} ≠ ${JSON.stringify(actual)?.slice(0, 200)}`];
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].flatMap((key) =>
    differences((expected as Json)[key], (actual as Json)[key], path === '' ? key : `${path}.${key}`),
  );
}
