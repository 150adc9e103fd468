/** A block of code in a Markdown file. */
export interface Fence {
  /** Path in the repository. */
  file: string;
  /** Line of its first fence mark, from 1. */
  line: number;
  language: string;
  text: string;
}

/** The fenced blocks of a Markdown text. */
export function fencesIn(file: string, markdown: string): Fence[] {
  const fences: Fence[] = [];
  let open: { mark: string; indent: number; fence: Fence } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const mark = /^( *)(`{3,}|~{3,})\s*(\S*)/.exec(line);
    if (open === undefined) {
      if (!mark) continue;
      const fence = { file, line: index + 1, language: mark[3]!, text: '' };
      open = { mark: mark[2]!, indent: mark[1]!.length, fence };
    } else if (line.trim() === open.mark) {
      fences.push(open.fence);
      open = undefined;
    } else {
      open.fence.text += `${line.slice(Math.min(open.indent, line.length - line.trimStart().length))}\n`;
    }
  }
  if (open) throw new Error(`${file}:${open.fence.line}: the block has no end`);
  return fences;
}

/**
 * The simple commands of a shell script: comments gone, lines that go on joined, the sides of `&&`, `;` and `|` apart,
 * quotes taken off, assignments before a command dropped.
 */
export function commandsIn(script: string): string[][] {
  const commands: string[][] = [[]];
  const text = script.replaceAll('\\\n', ' ');
  // A comment, a quoted or plain word (with quoted parts), an operator, a redirection, a line break.
  const tokens = text.matchAll(
    /(?<=^|\s)#[^\n]*|\d?[<>]+\s*\S+|&&|\|\||[;|\n]|(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s;|"'])+/g,
  );
  for (const [token] of tokens) {
    if (token.startsWith('#') || /^\d?[<>]/.test(token)) continue;
    if (/^(?:&&|\|\||[;|\n])$/.test(token)) commands.push([]);
    else if (commands.at(-1)!.length > 0 || !/^[A-Z_]+=/.test(token))
      commands.at(-1)!.push(token.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double, single) => double ?? single));
  }
  return commands.filter((command) => command.length > 0);
}
