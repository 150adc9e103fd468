/** What a template reaches for, e.g. `outputs.extract.uri` or `outputs['x-y'][taskrun.value]`. */
export interface Reference {
  root: Root;
  /** What follows it: names as they are, or expressions that only a run can tell. */
  path: (string | { expression: string })[];
}

export type Root = 'outputs' | 'inputs' | 'trigger' | 'taskrun' | 'item' | 'parent' | 'parents' | 'vars';

const roots: ReadonlySet<string> = new Set<Root>([
  'outputs',
  'inputs',
  'trigger',
  'taskrun',
  'item',
  'parent',
  'parents',
  'vars',
]);

/** Longer tags are not looked at beyond this. */
const longestTag = 20_000;

/** What the templates of a text reach for, in order, each as often as it stands there. Takes time linear in the length. */
export function referencesIn(text: string): Reference[] {
  const found: Reference[] = [];
  for (let at = nextTag(text, 0); at >= 0; ) {
    const end = endOfTag(text, at + 2);
    readExpression(text.slice(at + 2, end), found);
    at = nextTag(text, end);
  }
  return found;
}

function nextTag(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1)) {
    if (text[at + 1] === '{' || text[at + 1] === '%') return at;
  }
  return -1;
}

/** Where a tag's inside ends; braces and texts in it don't end it. */
function endOfTag(text: string, from: number): number {
  const limit = Math.min(text.length, from + longestTag);
  const isBlock = text[from - 1] === '%';
  let depth = 0;
  for (let at = from; at < limit; at++) {
    const character = text[at]!;
    if (character === '"' || character === "'") {
      const end = endOfText(text, at, limit);
      if (end < limit) at = end;
    } else if (depth === 0 && text.startsWith(isBlock ? '%}' : '}}', at)) return at;
    else if (character === '{') depth += 1;
    else if (character === '}' && depth > 0) depth -= 1;
  }
  return limit;
}

/** Where a text that opens at `at` closes; quotes that are escaped because the whole is JSON count as quotes. */
function endOfText(text: string, at: number, limit: number): number {
  const quote = text[at]!;
  const isEscaped = text[at - 1] === '\\';
  for (let end = at + 1; end < limit; end++) {
    if (text[end] === '\\') {
      if (isEscaped && text[end + 1] === quote) return end + 1;
      end += 1;
    } else if (text[end] === quote) return end;
  }
  return limit;
}

const nameAt = /[\p{L}_][\p{L}\p{N}_]*/uy;
const memberAt = /\s*\.\s*([\p{L}_][\p{L}\p{N}_]*)/uy;
const bracketAt = /\s*\[/y;
const literal = /^\s*\\?(["'])([^"'\\]*)\\?\1\s*$/;

function readExpression(text: string, found: Reference[]): void {
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"' || character === "'") {
      at = endOfText(text, at, text.length);
      continue;
    }
    nameAt.lastIndex = at;
    const name = nameAt.exec(text)?.[0];
    if (name === undefined) continue;
    const isMember = /\.\s*$/.test(text.slice(Math.max(0, at - 20), at));
    at += name.length - 1;
    if (isMember || !roots.has(name)) continue;
    const { path, end } = readPath(text, at + 1, found);
    found.push({ root: name as Root, path });
    at = end - 1;
  }
}

function readPath(text: string, from: number, found: Reference[]): { path: Reference['path']; end: number } {
  const path: Reference['path'] = [];
  let at = from;
  for (;;) {
    memberAt.lastIndex = at;
    const member = memberAt.exec(text);
    if (member) {
      path.push(member[1]!);
      at = memberAt.lastIndex;
      continue;
    }
    bracketAt.lastIndex = at;
    if (!bracketAt.test(text)) return { path, end: at };
    const start = bracketAt.lastIndex;
    const end = endOfBracket(text, start);
    const inside = text.slice(start, end);
    const key = literal.exec(inside)?.[2];
    if (key === undefined) {
      path.push(/^\s*\d+\s*$/.test(inside) ? inside.trim() : { expression: inside.trim() });
      // `outputs.x[outputs.y.key]` takes from both.
      if (path.length < 20) readExpression(inside, found);
    } else path.push(key);
    at = end + 1;
  }
}

function endOfBracket(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"' || character === "'") at = endOfText(text, at, text.length);
    else if (character === '[') depth += 1;
    else if (character === ']') {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return text.length;
}
