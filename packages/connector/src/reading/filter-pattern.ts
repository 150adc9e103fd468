/** Lists of regular expressions, as OpenMetadata's own filter patterns have them. */
export interface FilterPattern {
  includes?: string[] | undefined;
  excludes?: string[] | undefined;
}

const escapesThatMeanTheSame = new Set([...'dDsSwWbBnrtfv0123456789']);
const letter = /[A-Za-z]/;

/**
 * A Python regular expression as JavaScript has it, matched like Python's `re.match` with `re.IGNORECASE`: at the start of
 * the text, to any length, without regard to case. What means the same in both is taken over, what has another
 * spelling (`(?P<n>…)`, `\Z`, `{,3}`, a leading `(?i)`) is translated.
 *
 * @throws SyntaxError when it is no regular expression, or uses what JavaScript can't do.
 */
export function pythonRegExp(pattern: string): RegExp {
  const leading = /^\(\?([a-zA-Z]+)\)/.exec(pattern);
  let flags = 'i';
  for (const flag of leading?.[1] ?? '') {
    if (flag === 's' || flag === 'm') flags += flag;
    else if (flag !== 'i' && flag !== 'u' && flag !== 'a') throw refused(pattern, `the flag (?${flag})`);
  }
  const translated = translate(pattern.slice(leading?.[0].length ?? 0), pattern);
  try {
    return new RegExp(`^(?:${translated})`, [...new Set(flags)].join('').replace('m', ''));
  } catch (cause) {
    throw new SyntaxError(`"${pattern}" is no regular expression that can be used here`, { cause });
  }
}

function refused(pattern: string, what: string): SyntaxError {
  return new SyntaxError(`"${pattern}" uses ${what}, which is not supported here`);
}

function translate(body: string, pattern: string): string {
  let result = '';
  let inClass = false;
  for (let index = 0; index < body.length; index += 1) {
    const rest = body.slice(index);
    const character = body[index]!;
    if (character === '\\') {
      const next = body[index + 1];
      if (next === undefined) throw refused(pattern, 'a backslash at its end');
      result += inClass ? escapeInClass(next, rest, pattern) : escapeOutside(next, rest, pattern);
      index += 1;
      continue;
    }
    if (inClass) {
      if (character === ']') inClass = false;
      result += character === '[' ? '\\[' : character;
      continue;
    }
    const special = specialForm(rest, pattern);
    if (special !== undefined) {
      result += special.translation;
      index += special.length - 1;
      continue;
    }
    if (character === '[') {
      inClass = true;
      // Python takes a bracket right at the start of a set as a member of it.
      const opening = /^\[\^?\]?/.exec(rest)![0];
      result += opening.replace(']', '\\]');
      index += opening.length - 1;
      continue;
    }
    result += character;
  }
  return result;
}

/** Constructs outside of sets that Python spells in its own way. */
function specialForm(rest: string, pattern: string): { translation: string; length: number } | undefined {
  const forms: [RegExp, (groups: string[]) => string][] = [
    [/^\(\?P<(\w+)>/, ([name]) => `(?<${name}>`],
    [/^\(\?P=(\w+)\)/, ([name]) => `\\k<${name}>`],
    [/^\(\?#[^)]*\)/, () => ''],
    [/^\{,(\d+)\}/, ([most]) => `{0,${most}}`],
  ];
  for (const [form, translation] of forms) {
    const match = form.exec(rest);
    if (match) return { translation: translation(match.slice(1)), length: match[0].length };
  }
  const foreign = /^\(\?(?![:=!<])[^)]{0,6}/.exec(rest) ?? /^[*+?}]\+/.exec(rest);
  if (foreign) throw refused(pattern, `"${foreign[0]}"`);
  return undefined;
}

function escapeOutside(next: string, rest: string, pattern: string): string {
  if (next === 'A') return '(?<![\\s\\S])';
  if (next === 'Z') return '(?![\\s\\S])';
  return escapeInClass(next, rest, pattern);
}

function escapeInClass(next: string, rest: string, pattern: string): string {
  if (escapesThatMeanTheSame.has(next)) return `\\${next}`;
  if ((next === 'x' && /^\\x[0-9a-fA-F]{2}/.test(rest)) || (next === 'u' && /^\\u[0-9a-fA-F]{4}/.test(rest))) {
    return `\\${next}`;
  }
  if (letter.test(next)) throw refused(pattern, `"\\${next}"`);
  return `\\${next}`;
}

/**
 * Whether a text passes: it matches one of `includes`, if there are any, and none of `excludes`.
 *
 * @throws SyntaxError when a pattern can't be used.
 */
export function compileFilter({ includes = [], excludes = [] }: FilterPattern): (text: string) => boolean {
  const wanted = includes.map(pythonRegExp);
  const unwanted = excludes.map(pythonRegExp);
  return (text) =>
    (wanted.length === 0 || wanted.some((pattern) => pattern.test(text))) &&
    !unwanted.some((pattern) => pattern.test(text));
}
