import { hide, replacement } from './replacement.js';

/** What hides the lines below a key. */
interface Block {
  start: number;
  hidden: string;
  end: number;
}

/** Nothing more on the key's line than an anchor, a tag and the sign of a text of several lines. */
const blockStart = /[ \t]*(?:[&!][\w.!-]{0,80}[ \t]*){0,2}(?:([|>])[-+0-9]{0,2}[ \t]*)?(\r?\n)/y;

/** A list's item, a key's value or a text, as long as it is one word: sentences are not secrets. */
const oneWord = /^([ \t]*(?:- +)?(?:["']?[\w.-]{1,80}["']?: +)?)((?:\{\{[^{}]*\}\}|[^\s{])+)[ \t]*\r?$/;

/**
 * What stands in the more indented lines below `name:`, hidden: all of a text of several lines (`|`, `>`), otherwise what is
 * a value in them.
 */
export function secretBlock(text: string, at: { name: number; value: number }): Block | undefined {
  blockStart.lastIndex = at.value;
  const opened = blockStart.exec(text);
  if (opened === null) return undefined;
  const start = blockStart.lastIndex;
  const nameColumn = at.name - (text.lastIndexOf('\n', at.name) + 1);
  let end = start;
  const lines: string[] = [];
  while (end < text.length) {
    const lineEnd = text.indexOf('\n', end);
    const line = text.slice(end, lineEnd < 0 ? text.length : lineEnd);
    if (line.trim() !== '' && line.search(/\S/) <= nameColumn) break;
    lines.push(line);
    end = lineEnd < 0 ? text.length : lineEnd + 1;
  }
  if (lines.every((line) => line.trim() === '')) return { start: at.value, hidden: '', end: at.value };
  if (opened[1] === undefined) {
    const hidden = lines.map((line) =>
      line.replace(oneWord, (_line, before: string, word: string) => before + hide(word)),
    );
    const ends = text[end - 1] === '\n' ? '\n' : '';
    return { start, hidden: hidden.join('\n') + ends, end };
  }
  const first = lines.find((line) => line.trim() !== '')!;
  const content = lines.join('\n').trim();
  const indentation = first.slice(0, first.search(/\S/));
  const ends = text[end - 1] === '\n' ? '\n' : '';
  return { start, hidden: indentation + (hide(content) === content ? content : replacement) + ends, end };
}
