import type { z } from 'zod';
import type { ConfigProblem } from './config-error.js';
import { keysAt } from './schema-walk.js';
import { suggest } from './suggest.js';
import { type Path, showPath, type YamlDocument } from './yaml-document.js';

type Issue = z.core.$ZodIssue;
type PlacedPath = Omit<ConfigProblem, 'message' | 'hint'>;

/** What the schema has against a config, in words and with places. */
export function problemsOf(issues: readonly Issue[], schema: z.ZodType, document: YamlDocument): ConfigProblem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, schema, document, []));
}

function problemsOfIssue(issue: Issue, schema: z.ZodType, document: YamlDocument, above: Path): ConfigProblem[] {
  const path = [...above, ...(issue.path as Path)];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(key, { path, document, known: keysAt(schema, document.value, path) }));
  }
  const problem: PlacedPath = { path: showPath(path), ...document.position(path) };
  switch (issue.code) {
    case 'invalid_type':
      return [{ ...problem, ...typeProblem(issue.expected, valueAt(document.value, path)) }];
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      const given = valueAt(document.value, path);
      if (given === undefined) return [{ ...problem, message: 'is missing', hint: `Write ${oneOf(allowed)}.` }];
      return [{ ...problem, message: `must be ${oneOf(allowed)}`, ...didYouMean(String(given), allowed) }];
    }
    case 'too_small':
      if (issue.origin !== 'string') return [{ ...problem, message: lowerFirst(issue.message) }];
      return [{ ...problem, message: 'must not be empty' }];
    case 'invalid_union':
      return [unionProblem(issue, problem, document, path)];
    case 'custom': {
      const hint = (issue.params as { hint?: string } | undefined)?.hint;
      return [{ ...problem, message: issue.message, ...(hint === undefined ? {} : { hint }) }];
    }
    default:
      return [{ ...problem, message: lowerFirst(issue.message) }];
  }
}

function unknownKey(
  key: string,
  { path, document, known }: { path: Path; document: YamlDocument; known: string[] },
): ConfigProblem {
  const place = document.position(path, key);
  const { hint, isTypo } = hintForKey(key, known);
  const rest = hint === undefined ? {} : { hint };
  // What stands alone may be a value that lost its key, and a secret.
  if (!isTypo && valueAt(document.value, [...path, key]) === null) {
    return {
      path: showPath(path),
      ...place,
      message: 'has a key without a value that is no key of this config',
      ...rest,
    };
  }
  return { path: showPath([...path, key]), ...place, message: 'is no key of this config', ...rest };
}

function unionProblem(
  issue: z.core.$ZodIssueInvalidUnion,
  problem: PlacedPath,
  document: YamlDocument,
  path: Path,
): ConfigProblem {
  const given = valueAt(document.value, path);
  if (given === undefined) return { ...problem, message: 'is missing' };
  const expected = issue.errors.flatMap((options) =>
    options.flatMap((option) => {
      if (option.path.length > 0) return [];
      if (option.code === 'invalid_value') return option.values.map(String);
      return option.code === 'invalid_type' ? [aOrAn(option.expected)] : [];
    }),
  );
  if (issue.discriminator !== undefined) {
    const allowed = ('options' in issue ? (issue.options ?? []) : []).map(String);
    return { ...problem, message: `must be ${oneOf(allowed)}`, ...didYouMean(String(given), allowed) };
  }
  return { ...problem, message: expected.length > 0 ? `must be ${oneOf(expected)}` : lowerFirst(issue.message) };
}

function typeProblem(expected: string, given: unknown): { message: string; hint?: string } {
  if (given === undefined) return { message: 'is missing' };
  const message = `must be ${aOrAn(expected)}, not ${kindOf(given)}`;
  if (expected === 'string' && (typeof given === 'number' || typeof given === 'boolean')) {
    return { message, hint: 'Put it in quotes.' };
  }
  return { message };
}

function hintForKey(key: string, known: string[]): { hint?: string; isTypo: boolean } {
  const meant = suggest(key, known);
  if (meant !== undefined) return { hint: `Did you mean ${meant}?`, isTypo: true };
  const fewAreKnown = known.length > 0 && known.length <= 20;
  return { ...(fewAreKnown && { hint: `Known here: ${known.join(', ')}.` }), isTypo: false };
}

function didYouMean(given: string, allowed: string[]): { hint?: string } {
  const meant = suggest(given, allowed);
  return meant === undefined ? {} : { hint: `Did you mean ${meant}?` };
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (parent, part) => (parent as Record<string | number, unknown> | undefined)?.[part],
    value,
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  return aOrAn(Array.isArray(value) ? 'array' : typeof value);
}

const plainWords: Record<string, string> = {
  array: 'list',
  object: 'section',
  record: 'section',
  string: 'text',
  int: 'whole number',
};

function aOrAn(word: string): string {
  return word === 'boolean' ? 'true or false' : `a ${plainWords[word] ?? word}`;
}

function oneOf(words: string[]): string {
  const distinct = [...new Set(words)];
  return distinct.length <= 1 ? distinct.join('') : `${distinct.slice(0, -1).join(', ')} or ${distinct.at(-1)}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
