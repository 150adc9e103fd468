import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
  visit,
} from 'yaml';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { expandEnvironment } from './expand-environment.js';
import {
  isOpenQuote,
  openQuote,
  unknownAlias,
  unresolvable,
  withoutConsequences,
  yamlProblem,
} from './yaml-problem.js';

export type Path = readonly (string | number)[];

/** A parsed config file that knows where each value stands. */
export interface YamlDocument {
  file: string;
  /** The values as JSON, environment variables expanded. */
  value: unknown;
  /** Line and column of the value at a path, or of its nearest ancestor; of the key with `key`. */
  position(path: Path, key?: string): { line: number; column: number } | undefined;
  /**
   * What a value that came out of a variable, or an unquoted `yes` or `no`, would be as a boolean or number. YAML types
   * the text of the file, where a variable is text; only the schema knows that a number was meant.
   */
  retyped(path: Path): boolean | number | undefined;
  /** Paths of values in which `$$` was read as one dollar sign. */
  escapedDollars: string[];
}

/** Bytes; a workflow config has a few thousand. */
const maxFileSize = 1_000_000;

export interface ParseYamlOptions {
  file: string;
  environment: Record<string, string | undefined>;
  /** A section that is read as if it were not there: its variables need not be set. */
  leaveOut?: Path;
}

/** Reads YAML or JSON. All errors of the text are in one `ConfigError`. */
export function parseYaml(text: string, { file, environment, leaveOut }: ParseYamlOptions): YamlDocument {
  if (text.length > maxFileSize) {
    throw new ConfigError(file, [{ path: '', message: `larger than ${maxFileSize} characters: this is no config` }]);
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, schema: 'core', merge: true, prettyErrors: false });
  const positionAt = (offset: number | undefined) => {
    if (offset === undefined) return undefined;
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  const problems: ConfigProblem[] = withoutConsequences([...document.errors, ...document.warnings]).map((error) => {
    const [at] = error.pos;
    return isOpenQuote(error)
      ? { path: '', ...positionAt(startOfQuoted(document, at)), ...openQuote }
      : { path: '', ...positionAt(at), ...yamlProblem(error.code) };
  });
  if (problems.length > 0) throw new ConfigError(file, problems);

  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) === undefined) {
        problems.push({ path: '', ...positionAt(node.range?.[0]), ...unknownAlias });
      }
    },
  });
  if (problems.length > 0) throw new ConfigError(file, problems);

  const unset: ConfigProblem[] = [];
  const { expanded, escapedDollars } = expandScalars(document, environment, unset, positionAt);
  problems.push(...unset.filter(({ path }) => !leaveOut || !`${path}.`.startsWith(`${showPath(leaveOut)}.`)));
  if (problems.length > 0) throw new ConfigError(file, problems);

  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    // The message may quote the text, and with it a secret.
    throw new ConfigError(file, [{ path: '', ...unresolvable }]);
  }
  return {
    file,
    value: leaveOut ? without(value, leaveOut) : value,
    escapedDollars,
    position(path, key) {
      for (let length = path.length; length >= 0; length -= 1) {
        const node = nodeAt(document, path.slice(0, length));
        if (!node) continue;
        if (length === path.length && key !== undefined && isMap(node)) {
          const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
          if (isScalar(pair?.key)) return positionAt(pair.key.range?.[0]);
        }
        return positionAt(keyOffset(document, path.slice(0, length)) ?? node.range?.[0]);
      }
      return undefined;
    },
    retyped(path) {
      const node = nodeAt(document, path);
      if (!isScalar(node) || typeof node.value !== 'string') return undefined;
      if (node.type !== Scalar.PLAIN && !expanded.has(node)) return undefined;
      return typed(node.value);
    },
  };
}

/** The path as a person writes it. */
export function showPath(path: Path): string {
  return path.reduce<string>((shown, part) => {
    if (typeof part === 'number') return `${shown}[${part}]`;
    return shown ? `${shown}.${part}` : part;
  }, '');
}

/** Replaces variables in the values, in place. Keys, which must be texts, and comments stay as they are. */
function expandScalars(
  document: Document,
  environment: Record<string, string | undefined>,
  problems: ConfigProblem[],
  positionAt: (offset: number | undefined) => { line: number; column: number } | undefined,
) {
  const expanded = new Set<Node>();
  const escapedDollars: string[] = [];
  visit(document, {
    Pair(key, { key: name }, ancestors) {
      // YAML takes `{{ … }}` for a map in a map, which would become a key that nobody meant.
      if (!isCollection(name)) return undefined;
      problems.push({
        path: pathOf(ancestors, key),
        ...positionAt(name.range?.[0]),
        message: 'a key here is no text',
        hint: 'Put it in quotes, as braces and brackets need it.',
      });
      return visit.SKIP;
    },
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('$')) return;
      const { text, changed, missing, escaped } = expandEnvironment(node.value, environment);
      const path = pathOf(ancestors, key);
      for (const name of missing) {
        problems.push({
          path,
          ...positionAt(node.range?.[0]),
          message: `the environment variable ${name} is not set`,
          hint: `Set it, give a default as in \${${name}:-value}, or write $$ if a dollar sign is meant.`,
        });
      }
      if (escaped) escapedDollars.push(path);
      if (changed) {
        node.value = text;
        expanded.add(node);
      }
    },
  });
  return { expanded, escapedDollars };
}

/** Where the quoted value begins that ends at an offset. */
function startOfQuoted(document: Document, end: number): number {
  let start = end;
  visit(document, {
    Scalar(_key, { type, range }) {
      const isQuoted = type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE;
      if (isQuoted && range?.[1] === end) start = range[0];
    },
  });
  return start;
}

/** A copy that lacks a section; the sections around it are there. */
function without(value: unknown, [key, ...inner]: Path): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || key === undefined) return value;
  const { [key]: section, ...others } = value as Record<string | number, unknown>;
  return inner.length === 0 ? others : { ...others, [key]: without(section ?? {}, inner) };
}

function pathOf(ancestors: readonly unknown[], key: unknown): string {
  const path: (string | number)[] = [];
  for (const [index, ancestor] of ancestors.entries()) {
    const child = ancestors[index + 1];
    if (isPairLike(ancestor) && isScalar(ancestor.key)) path.push(String(ancestor.key.value));
    else if (isCollection(ancestor) && !isMap(ancestor)) {
      path.push(child === undefined ? Number(key) : ancestor.items.indexOf(child as never));
    }
  }
  return showPath(path);
}

function isPairLike(value: unknown): value is { key: unknown } {
  return typeof value === 'object' && value !== null && 'key' in value && 'value' in value && !isScalar(value);
}

function nodeAt(document: Document, path: Path): Node | undefined {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isAlias(node)) return node.resolve(document) as Node | undefined;
  return isScalar(node) || isCollection(node) ? node : undefined;
}

/** Where the key of the value at a path stands, which says more than where the value stands. */
function keyOffset(document: Document, path: Path): number | undefined {
  if (path.length === 0) return undefined;
  const parent = nodeAt(document, path.slice(0, -1));
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1));
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}

function typed(text: string): boolean | number | undefined {
  if (/^(true|yes|on)$/i.test(text)) return true;
  if (/^(false|no|off)$/i.test(text)) return false;
  return /^[-+]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
