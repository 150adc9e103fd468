import type { TemplateValues } from '../types.js';
import { complete, evaluate, isTrue, type Names, textOf, unknown } from './expression.js';
import { type Marker, placeholderOf } from './markers.js';

/** A text whose templates are rendered as far as they are known. */
export interface RenderedTemplates {
  sql: string;
  /** The templates that stay unknown; their placeholders stand in `sql`. */
  unresolved: readonly Marker[];
  /** Parts of `sql`, by their offsets, that a run may leave out: the bodies of `{% if %}` whose condition is not known. */
  conditions: readonly { from: number; to: number; expression: string }[];
}

type Part =
  | { type: 'text'; text: string }
  | { type: 'value'; source: string }
  | { type: 'set'; name: string; source: string }
  | { type: 'if'; branches: { condition?: string; body: Part[] }[] }
  | { type: 'for'; variable: string; source: string; body: Part[]; otherwise: Part[] };

const maximalOutput = 1_100_000;
const maximalSteps = 100_000;
const maximalDepth = 40;

/**
 * Renders what is known of a Pebble template, in SQL or in any other text: `vars`, `inputs`, `labels`, `flow`, `taskrun` and `item` from
 * `values`, literals, `~`, `??`, comparisons, `? :`, `fromJson()` and simple filters; `{% set %}`; `{% for %}` over a known list; `{% if %}`
 * with a known condition.
 *
 * Whatever else stands between braces becomes a placeholder, a name that no table has. The body of a loop over something unknown is there
 * once; of an `{% if %}` that is not known the first branch is there. Never throws; a text that is no template is returned as it is.
 */
export function renderTemplates(sql: string, values: TemplateValues): RenderedTemplates {
  if (!sql.includes('{')) return { sql, unresolved: [], conditions: [] };
  const output = new Output();
  const names = new Map<string, unknown>(
    (['vars', 'inputs', 'labels', 'flow'] as const).map((name) => [name, values[name] ?? {}]),
  );
  // A flow's variables are all written in it; inputs and labels may still be given at the start of a run.
  if (values.vars) {
    const vars = { ...values.vars };
    complete.add(vars);
    names.set('vars', vars);
  }
  for (const name of ['taskrun', 'item'] as const) if (values[name]) names.set(name, values[name]);
  output.render(parse(sql), names);
  return { sql: output.text, unresolved: output.unresolved, conditions: output.conditions };
}

class Output {
  text = '';
  readonly unresolved: Marker[] = [];
  readonly conditions: { from: number; to: number; expression: string }[] = [];
  readonly #byExpression = new Map<string, Marker>();
  #steps = 0;

  render(parts: readonly Part[], names: Map<string, unknown>): void {
    for (const part of parts) {
      if (++this.#steps > maximalSteps || this.text.length > maximalOutput) return;
      if (part.type === 'text') this.text += part.text;
      else if (part.type === 'value') this.#value(part.source, names);
      else if (part.type === 'set') names.set(part.name, evaluate(part.source, names));
      else if (part.type === 'if') this.#branches(part.branches, names);
      else this.#loop(part, names);
    }
  }

  #value(source: string, names: Names): void {
    const value = evaluate(source, names);
    if (value !== unknown && value !== undefined && typeof value !== 'object') {
      this.text += textOf(value);
      return;
    }
    let marker = this.#byExpression.get(source);
    if (!marker) {
      marker = { placeholder: placeholderOf(this.unresolved.length + 1), expression: masked(source) };
      this.#byExpression.set(source, marker);
      this.unresolved.push(marker);
    }
    this.text += marker.placeholder;
  }

  #branches(branches: readonly { condition?: string; body: Part[] }[], names: Map<string, unknown>): void {
    for (const { condition, body } of branches) {
      const value = condition === undefined ? true : evaluate(condition, names);
      if (value !== unknown && !isTrue(value)) continue;
      const from = this.text.length;
      this.render(body, names);
      if (value === unknown) this.conditions.push({ from, to: this.text.length, expression: masked(condition ?? '') });
      return;
    }
  }

  #loop({ variable, source, body, otherwise }: Part & { type: 'for' }, names: Map<string, unknown>): void {
    const list = evaluate(source, names);
    const items: unknown[] = Array.isArray(list) ? list.slice(0, 1000) : [unknown];
    if (items.length === 0) {
      this.render(otherwise, names);
      return;
    }
    for (const [index, item] of items.entries()) {
      const inner = new Map(names);
      inner.set(variable, item);
      inner.set('loop', { index, first: index === 0, last: index === items.length - 1, length: items.length });
      this.render(body, inner);
    }
  }
}

/** An expression as it may be shown: texts in it could be secrets, save those that name a key. */
function masked(source: string): string {
  const text = source
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/(\[\s*)?(?:'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?)/g, (all, bracket?: string) => (bracket ? all : "'…'"));
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** The next `{{`, `{%` or `{#` from an offset on, with what is in it and where it ends. */
function nextTag(sql: string, from: number): { at: number; kind: string; inside: string; end: number } | undefined {
  let at = from;
  for (;;) {
    at = sql.indexOf('{', at);
    if (at < 0) return undefined;
    const kind = sql[at + 1] ?? '';
    if (kind !== '{' && kind !== '%' && kind !== '#') {
      at++;
      continue;
    }
    const close = kind === '{' ? '}}' : `${kind}}`;
    const end = closeOf(sql, at + 2, close, kind);
    if (end < 0) return undefined;
    return { at, kind, inside: sql.slice(at + 2, end), end: end + 2 };
  }
}

/** Where a tag closes; braces in its texts do not close it. */
function closeOf(sql: string, from: number, close: string, kind: string): number {
  if (kind === '#') return sql.indexOf(close, from);
  let quote = '';
  let depth = 0;
  const limit = Math.min(sql.length, from + 20_000);
  for (let at = from; at < limit; at++) {
    const character = sql[at] ?? '';
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (character === "'" || character === '"') quote = character;
    else if (depth === 0 && sql.startsWith(close, at)) return at;
    else if (character === '{') depth++;
    else if (character === '}' && depth > 0) depth--;
  }
  // A quote or a brace that stays open: the tag is then not understood, but what follows it still is.
  return sql.slice(from, limit).indexOf(close) < 0 ? -1 : sql.indexOf(close, from);
}

function parse(sql: string): Part[] {
  const root: Part[] = [];
  const stack: { body: Part[]; part?: Part & { type: 'if' | 'for' } }[] = [{ body: root }];
  let at = 0;
  const add = (part: Part) => stack.at(-1)?.body.push(part);
  let trimNext = false;
  const addText = (text: string, trimEnd: boolean) => {
    const start = trimNext ? text.trimStart() : text;
    add({ type: 'text', text: trimEnd ? start.trimEnd() : start });
  };
  for (;;) {
    const tag = nextTag(sql, at);
    if (!tag) break;
    const dashes = { before: tag.inside.startsWith('-'), after: tag.inside.endsWith('-') };
    addText(sql.slice(at, tag.at), dashes.before);
    trimNext = dashes.after;
    at = tag.end;
    const inside = tag.inside.slice(dashes.before ? 1 : 0, dashes.after ? -1 : undefined).trim();
    if (tag.kind === '{') add({ type: 'value', source: inside });
    else if (tag.kind === '%') {
      const [word = '', ...rest] = inside.split(/\s+/);
      const source = inside.slice(word.length).trim();
      if (word === 'raw' || word === 'verbatim') {
        const close = new RegExp(`\\{%-?\\s*end${word}\\s*-?%\\}`, 'g');
        close.lastIndex = at;
        const end = close.exec(sql);
        addText(sql.slice(at, end?.index ?? sql.length), false);
        at = end ? close.lastIndex : sql.length;
      } else handleTag({ word, source, rest }, stack, add);
    }
  }
  addText(sql.slice(at), false);
  return root;
}

function handleTag(
  { word, source, rest }: { word: string; source: string; rest: readonly string[] },
  stack: { body: Part[]; part?: Part & { type: 'if' | 'for' } }[],
  add: (part: Part) => void,
): void {
  const open = stack.at(-1);
  if (word === 'if') {
    const body: Part[] = [];
    const part: Part & { type: 'if' } = { type: 'if', branches: [{ condition: source, body }] };
    add(part);
    if (stack.length < maximalDepth) stack.push({ body, part });
  } else if (word === 'for') {
    const [variable = '', , ...list] = rest;
    const body: Part[] = [];
    const part: Part & { type: 'for' } = { type: 'for', variable, source: list.join(' '), body, otherwise: [] };
    add(part);
    if (stack.length < maximalDepth) stack.push({ body, part });
  } else if ((word === 'elseif' || word === 'elif') && open?.part?.type === 'if') {
    const body: Part[] = [];
    open.part.branches.push({ condition: source, body });
    open.body = body;
  } else if (word === 'else' && open?.part) {
    const body: Part[] = [];
    if (open.part.type === 'if') open.part.branches.push({ body });
    else open.part.otherwise = body;
    open.body = body;
  } else if ((word === 'endif' || word === 'endfor') && open?.part && stack.length > 1) stack.pop();
  else if (word === 'set') {
    const [, name = '', value = ''] = /^([\w.]+)\s*=([\s\S]*)$/.exec(source) ?? [];
    if (name) add({ type: 'set', name, source: value });
  }
}
