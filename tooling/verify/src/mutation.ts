import fc from 'fast-check';

/** One change to a JSON value. `node` chooses the place: any number, taken modulo the number of places. */
export interface Mutation {
  node: number;
  operation:
    | { kind: 'drop' }
    | { kind: 'duplicate' }
    | { kind: 'wrap'; as: 'list' | 'object' }
    | { kind: 'replace'; value: unknown }
    /** A property of its own that is called like something every object has. */
    | { kind: 'property'; name: string; value: unknown }
    | { kind: 'deepen'; levels: number }
    | { kind: 'stretch'; length: number };
}

const hostileTexts = [
  ...['', ' ', '\u0000', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'undefined', 'NaN'],
  ...['a::b', '"quoted"', 'a"b', "a'b", '<script>alert(1)</script>', '../../etc/passwd', '%00%2f', 'a\nb', '{{ x }}'],
  ...['\ud800', '👩‍👩‍👧‍👦', 'İ', 'ß', '-', '.', '..', 'a.', '.a', '#', '?', '/', '\\', '$&', '\u0024{x}'],
  ...['0000-00-00', '9999-99-99T99:99:99Z', '+275760-09-13T00:00:00.001Z', '1969-12-31T23:59:59.999Z', 'PT1S'],
  ...['RUNNING', 'SUCCESS', 'NO_SUCH_STATE', 'success', 'io.kestra.plugin.core.flow.Subflow', 'true', '1e999', '-0'],
  ...[
    'https://user:secret@example.com/x',
    'javascript:alert(1)',
    'http://',
    'SELECT',
    "INSERT INTO a SELECT * FROM b; --'",
  ],
];
const hostileNumbers = [0, -0, -1, 1.5, 1e308, -1e308, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 8.64e15, 8.64e15 + 1, 1e-320];

const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [null], [[]], [{}], { id: null }), weight: 4 },
  { arbitrary: fc.constantFrom<unknown>(...hostileTexts), weight: 4 },
  { arbitrary: fc.constantFrom<unknown>(...hostileNumbers), weight: 3 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 40 }), weight: 1 },
  { arbitrary: fc.string({ minLength: 200, maxLength: 600 }), weight: 1 },
  { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 1 },
);

const operation: fc.Arbitrary<Mutation['operation']> = fc.oneof(
  { arbitrary: fc.constant({ kind: 'drop' as const }), weight: 50 },
  { arbitrary: fc.constant({ kind: 'duplicate' as const }), weight: 30 },
  {
    arbitrary: fc.constantFrom('list' as const, 'object' as const).map((as) => ({ kind: 'wrap' as const, as })),
    weight: 20,
  },
  { arbitrary: hostileValue.map((value) => ({ kind: 'replace' as const, value })), weight: 120 },
  {
    arbitrary: fc
      .tuple(fc.constantFrom('__proto__', 'constructor', 'toString', 'prototype', 'length', 'then'), hostileValue)
      .map(([name, value]) => ({ kind: 'property' as const, name, value })),
    weight: 20,
  },
  { arbitrary: fc.constantFrom(50, 500).map((levels) => ({ kind: 'deepen' as const, levels })), weight: 2 },
  { arbitrary: fc.constantFrom(300, 20_000).map((length) => ({ kind: 'stretch' as const, length })), weight: 5 },
);

/** Any change; the worst are rare, since they are slow. */
export const mutation: fc.Arbitrary<Mutation> = fc.record({ node: fc.nat(), operation });

type Parent = Record<string, unknown> | unknown[];

interface Place {
  parent: Parent;
  key: string | number;
}

function placesOf(root: unknown): Place[] {
  const places: Place[] = [];
  const open: unknown[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
    for (const key of keys) {
      places.push({ parent: value as Parent, key });
      open.push((value as Record<string | number, unknown>)[key]);
    }
  }
  return places;
}

function nested(levels: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { tasks: value };
  return value;
}

function setOwn(parent: Parent, key: string | number, value: unknown): void {
  // A list has its length already, and JSON shows nothing else that is set on it.
  if (Array.isArray(parent) && typeof key === 'string') return;
  // An assignment to __proto__ would not make a property.
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

/** The value with one place of it changed; the value itself stays as it is. */
export function mutate(value: unknown, { node, operation: change }: Mutation): unknown {
  const holder = { root: structuredClone(value) };
  const places = placesOf(holder);
  const place = places[node % places.length];
  if (place === undefined) return value;
  const { parent, key } = place;
  const old = (parent as Record<string | number, unknown>)[key];
  switch (change.kind) {
    case 'drop':
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      break;
    case 'duplicate':
      if (Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(old));
      else setOwn(parent, `${key}_2`, structuredClone(old));
      break;
    case 'wrap':
      setOwn(parent, key, change.as === 'list' ? [old] : { value: old });
      break;
    case 'replace':
      setOwn(parent, key, structuredClone(change.value));
      break;
    case 'property':
      setOwn(
        typeof old === 'object' && old !== null && !Array.isArray(old) ? (old as Parent) : parent,
        change.name,
        change.value,
      );
      break;
    case 'deepen':
      setOwn(parent, key, nested(change.levels));
      break;
    case 'stretch':
      setOwn(parent, key, 'x'.repeat(change.length));
      break;
  }
  return holder.root;
}
