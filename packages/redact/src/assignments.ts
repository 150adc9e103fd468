import { hide, replacement } from './replacement.js';
import { isSecretName } from './secret-names.js';
import { secretBlock } from './yaml-blocks.js';

/**
 * `name =`, `name:`, `"name":`, also with the quotes escaped, or with an anchor or a tag of YAML behind it. What follows is
 * only looked at when the name is a secret's.
 */
const assignmentStart =
  /(?<![A-Za-z0-9_.-])-{0,2}([A-Za-z][A-Za-z0-9_.-]{1,80})\\{0,3}["']?\s{0,3}(=>|:=|!=|<>|={1,3}|:(?!:))(\s{0,3}(?:[&!][\w.!-]{0,80}[ \t]{1,3}){0,2}(?:\\{1,3}["'])?)/g;

/** A value in quotes (also one cut off), as a template, or up to the next separator. */
const assignedValue =
  /[A-Za-z]{0,2}&?"(?:\{\{[^{}\n]*\}\}|\{(?!\{)|\\[^\n]|[^"\\{\n])*"?|[A-Za-z]{0,2}&?'(?:\{\{[^{}\n]*\}\}|\{(?!\{)|''|\\[^\n]|[^'\\{\n])*'?|(?:\{\{[^{}\n]*\}\}|\{(?!\{)|[^\s&;"'<>{])+/y;

const schemeOnly = /^(?:Basic|Bearer|Token|ApiKey|Digest)(?: \*{3})?$/i;

/** With what stood behind it. */
const hiddenBefore = /^\*{3}[),\]};]{0,8}$/;

const quoted = /^([A-Za-z]{0,2}&?)(["'])([\s\S]*)$/;

/** What SQL compares a column with, or fills it from, when it is no literal. */
const placeholder = /^(?:\?|\$\d{1,3}|%s|null)$/i;
const column = /^(?:[A-Za-z_]\w{0,63}\.){1,3}[A-Za-z_]\w{0,63}$/;
const parameter = /^(?:[:@]|%\()[A-Za-z_]\w{0,63}(?:\)s)?$/;

function isReference(value: string): boolean {
  const plain = value.replace(/(?<=[^),])[),]{1,8}$/, '');
  if (placeholder.test(plain) || placeholder.test(value)) return true;
  return (column.test(plain) || parameter.test(plain) || parameter.test(value)) && isSecretName(plain);
}

function hideValue(value: string): string {
  const [, prefix = '', quote = '', rest = value] = quoted.exec(value) ?? [];
  const closed = quote !== '' && rest.endsWith(quote);
  const inner = closed ? rest.slice(0, -1) : rest;
  // `authorization: Basic …` is dealt with by its own expression, which keeps the scheme.
  if (inner === '' || schemeOnly.test(inner) || hiddenBefore.test(inner)) return value;
  if (quote === '' && isReference(inner)) return value;
  return prefix + quote + hide(inner) + (closed ? quote : '');
}

/** `arn:aws:secretsmanager:eu-west-1:123456789012:secret:db` says where a secret is kept. */
const secretArn = /arn:aws[\w-]{0,10}:secretsmanager:[\w-]{0,20}:\d{0,12}:$/;
const isSecretArn = (text: string, index: number): boolean =>
  text.startsWith('secret:', index) && secretArn.test(text.slice(Math.max(0, index - 80), index));

const closing: Record<string, string> = { '{': '}', '[': ']', '(': ')' };

/** A brace in a password that SQL Server's connection strings put in braces is doubled. */
const restOfBraced = /\}?\w[^\s&;]*/y;

function endOfWord(text: string, index: number): number {
  restOfBraced.lastIndex = index;
  return restOfBraced.test(text) ? restOfBraced.lastIndex : index;
}

/** Where the bracket that opens here ends; the end of the line or of the text if it doesn't. */
function endOfBracket(text: string, start: number): number {
  const open = text[start]!;
  const close = closing[open]!;
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (character === open) depth += 1;
    if (character === close) {
      depth -= 1;
      if (depth === 0) return endOfWord(text, index + 1);
    }
    // A list in a sentence; data goes on in the next line.
    if (character === '\n' && open === '(') return index;
  }
  return text.length;
}

/** `name: DB_PASSWORD` with `value: …` behind it, as JSON, YAML and XML have it. */
const pair =
  /(?<![A-Za-z0-9_.-])(?:name|key)\\{0,3}["']?\s{0,3}[:=]\s{0,3}\\{0,3}["']?([A-Za-z][A-Za-z0-9_.-]{1,80})\\{0,3}["']?\s{0,3},?\s{0,40}\\{0,3}["']?value\\{0,3}["']?\s{0,3}[:=][ \t]{0,3}(?:\\{1,3}["'])?/g;

/** Hides the value beside a secret's name. */
export function redactPairs(text: string): string {
  let result = '';
  let done = 0;
  pair.lastIndex = 0;
  for (let found = pair.exec(text); found !== null; found = pair.exec(text)) {
    if (!isSecretName(found[1]!)) continue;
    assignedValue.lastIndex = pair.lastIndex;
    const value = assignedValue.exec(text)?.[0];
    if (value === undefined) continue;
    result += text.slice(done, pair.lastIndex) + hideValue(value);
    done = assignedValue.lastIndex;
    pair.lastIndex = done;
  }
  return result + text.slice(done);
}

/** Hides the values of names that are a secret's: in connection strings, urls, JSON, YAML, SQL and settings. */
export function redactAssignments(text: string): string {
  let result = '';
  let done = 0;
  const put = (from: number, hidden: string, end: number): void => {
    result += text.slice(done, from) + hidden;
    done = end;
    assignmentStart.lastIndex = end;
  };
  assignmentStart.lastIndex = 0;
  for (let start = assignmentStart.exec(text); start !== null; start = assignmentStart.exec(text)) {
    const [, name, operator, space] = start;
    if (!isSecretName(name!) || isSecretArn(text, start.index)) continue;
    const from = assignmentStart.lastIndex;
    const block = operator === ':' ? secretBlock(text, { name: start.index, value: from - space!.length }) : undefined;
    if (block !== undefined) {
      put(block.start, block.hidden, block.end);
      continue;
    }
    if (closing[text[from]!] !== undefined && !text.startsWith('{{', from)) {
      put(from, replacement, endOfBracket(text, from));
      continue;
    }
    assignedValue.lastIndex = from;
    const value = assignedValue.exec(text)?.[0];
    if (value !== undefined) put(from, hideValue(value), assignedValue.lastIndex);
  }
  return result + text.slice(done);
}
