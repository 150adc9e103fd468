import type { Json } from './entities.js';
import { refuse } from './refusals.js';
import type { BodyShape, ObjectShape, Shape } from './request-shapes.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const patterns = new Map<string, RegExp>();

/** A Java pattern as an ECMAScript one: `(?U)` makes `\w` any letter, digit or underscore. */
function compiled(pattern: string): RegExp {
  let expression = patterns.get(pattern);
  if (!expression) {
    const source = pattern.replace(
      /^\^\(\?U\)(.*)$/s,
      (_, rest: string) => `^${rest.replace('\\w', '\\p{L}\\p{M}\\p{Nd}_')}`,
    );
    expression = new RegExp(source, pattern.includes('(?U)') ? 'u' : '');
    patterns.set(pattern, expression);
  }
  return expression;
}

interface Reader {
  body: BodyShape;
  /** Violations of the second step, which come together in one message. */
  violations: string[];
  /** Where in the body: pairs of a class and a property or an index. */
  chain: (string | number)[];
}

const javaTypes = { integer: 'java.lang.Long', number: 'java.lang.Double', boolean: 'java.lang.Boolean' } as const;

/** The way to a value in the body, as Java says it. */
function chainText(chain: (string | number)[]): string {
  const steps: string[] = [];
  for (let position = 0; position < chain.length; position += 2) {
    const key = chain[position + 1];
    steps.push(`${chain[position]}[${typeof key === 'number' ? key : JSON.stringify(key)}]`);
  }
  return steps.length > 0 ? ` (through reference chain: ${steps.join('->')})` : '';
}

function unreadable(message: string, reader: Reader): Error {
  return refuse(400, `${message}\n at [Source: REDACTED; line: 1, column: 1]${chainText(reader.chain)}`);
}

function token(value: unknown): string {
  if (Array.isArray(value)) return 'Array value (token `JsonToken.START_ARRAY`)';
  if (typeof value === 'object') return 'Object value (token `JsonToken.START_OBJECT`)';
  return typeof value === 'string' ? `String ${JSON.stringify(value)}` : `${String(value)}`;
}

const mismatch = (type: string, value: unknown, reader: Reader): Error =>
  unreadable(`Cannot deserialize value of type \`${type}\` from ${token(value)}`, reader);

/** A number; whole numbers are cut, numbers in strings are taken as such (recorded). */
function readNumber(kind: 'integer' | 'number', value: unknown, reader: Reader): number {
  if (typeof value === 'object' || typeof value === 'boolean') throw mismatch(javaTypes[kind], value, reader);
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isNaN(number)) {
    const type = javaTypes[kind];
    throw unreadable(
      `Cannot deserialize value of type \`${type}\` from String ${JSON.stringify(value)}: not a valid \`${type}\` value`,
      reader,
    );
  }
  return kind === 'integer' ? Math.trunc(number) : number;
}

function readText(kind: 'string' | 'uuid' | 'uri' | 'date-time', value: unknown, reader: Reader): unknown {
  if (kind === 'date-time') {
    if (typeof value === 'number') return value;
    const time = typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
    if (!Number.isNaN(time)) return time;
    throw unreadable(
      `Cannot deserialize value of type \`java.util.Date\` from String ${JSON.stringify(value)}: not a valid representation`,
      reader,
    );
  }
  if (typeof value === 'object') throw mismatch('java.lang.String', value, reader);
  const text = String(value);
  if (kind === 'uuid' && !uuid.test(text)) {
    throw unreadable(
      `Cannot deserialize value of type \`java.util.UUID\` from String ${JSON.stringify(text)}: UUID has to be represented by standard 36-char representation`,
      reader,
    );
  }
  if (kind === 'uri' && /[\s<>"{}|\\^`]/.test(text)) {
    throw unreadable(
      `Cannot deserialize value of type \`java.net.URI\` from String ${JSON.stringify(text)}: not a valid textual representation`,
      reader,
    );
  }
  return text;
}

function readValue(shape: Shape, value: unknown, reader: Reader): unknown {
  if (value === null || value === undefined || shape === 'any') return value;
  if (typeof shape === 'string') {
    if (shape === 'integer' || shape === 'number') return readNumber(shape, value, reader);
    if (shape !== 'boolean') return readText(shape, value, reader);
    if (typeof value === 'boolean') return value;
    throw mismatch(javaTypes.boolean, value, reader);
  }
  if ('text' in shape) return readText('string', value, reader);
  if ('enum' in shape) {
    if (shape.enum.includes(String(value))) return value;
    throw unreadable(`Cannot construct instance of \`${shape.javaClass}\`, problem: ${String(value)}`, reader);
  }
  if ('list' in shape) {
    if (!Array.isArray(value)) throw mismatch('java.util.ArrayList', value, reader);
    return value.map((item, index) => {
      reader.chain.push('java.util.ArrayList', index);
      const read = readValue(shape.list, item, reader);
      reader.chain.length -= 2;
      return read;
    });
  }
  return readObject(reader.body[shape.object], value, reader);
}

function readObject(shape: ObjectShape | undefined, value: unknown, reader: Reader): unknown {
  if (!shape) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw mismatch(shape.javaClass, value, reader);
  const read: Json = {};
  for (const [name, child] of Object.entries(value)) {
    const childShape = Object.hasOwn(shape.properties, name) ? shape.properties[name] : undefined;
    if (childShape === undefined) {
      if (shape.open) continue;
      const known = Object.keys(shape.properties);
      reader.chain.push(shape.javaClass, name);
      throw unreadable(
        `Unrecognized field "${name}" (class ${shape.javaClass}), not marked as ignorable (${known.length} known properties: ${known.map((property) => `"${property}"`).join(', ')}])`,
        reader,
      );
    }
    reader.chain.push(shape.javaClass, name);
    const result = readValue(childShape, child, reader);
    reader.chain.length -= 2;
    if (result !== null && result !== undefined) read[name] = result;
  }
  return read;
}

function checkValue(name: string, shape: Shape, value: unknown, reader: Reader): void {
  if (value === undefined || typeof shape === 'string') return;
  if ('text' in shape) {
    const { min = 0, max = Number.MAX_SAFE_INTEGER, pattern } = shape.text;
    const text = String(value);
    if (text.length < min || text.length > max) {
      reader.violations.push(`${name} size must be between ${min} and ${max}`);
    } else if (pattern !== undefined && !compiled(pattern).test(text)) {
      reader.violations.push(`${name} must match "${pattern}"`);
    }
  } else if ('list' in shape) {
    for (const item of value as unknown[]) checkValue(name, shape.list, item, reader);
  } else if ('object' in shape) {
    const inner = reader.body[shape.object];
    if (inner) checkObject(inner, value as Json, reader);
  }
}

function checkObject(shape: ObjectShape, value: Json, reader: Reader): void {
  for (const name of shape.required ?? []) {
    if (value[name] === undefined) reader.violations.push(`${name} must not be null`);
  }
  for (const [name, child] of Object.entries(value)) {
    const childShape = Object.hasOwn(shape.properties, name) ? shape.properties[name] : undefined;
    if (childShape !== undefined) checkValue(name, childShape, child, reader);
  }
}

/**
 * Reads a parsed body as the server does: first into its classes, where unknown properties, unknown enum values and wrong types
 * are refused one at a time, then by its constraints, whose violations come together. Both are 400.
 * The result has no nulls, whole numbers for times and numbers where strings held some.
 */
export function readBody(body: BodyShape, value: unknown): Json {
  const reader: Reader = { body, violations: [], chain: [] };
  const shape = Object.values(body)[0];
  if (!shape) throw new Error('a body without a shape');
  const read = readObject(shape, value, reader) as Json;
  checkObject(shape, read, reader);
  if (reader.violations.length > 0) throw refuse(400, `[${reader.violations.join(', ')}]`);
  return read;
}
