import { Cursor } from './cursor.js';
import type { DialectRules } from './dialects.js';
import type { Token } from './tokens.js';

const transactions = new Set([
  ';',
  '',
  'TRANSACTION',
  'TRAN',
  'WORK',
  'ISOLATION',
  'READ',
  'DEFERRED',
  'IMMEDIATE',
  'EXCLUSIVE',
  'NOT',
]);
const routines = /^(?:PROCEDURE|PROC|FUNCTION|TRIGGER|PACKAGE|EVENT)$/;

/** Whether a statement is procedural: it may hold others. */
export function isBlock(cursor: Cursor, rules: DialectRules): boolean {
  const first = cursor.peek()?.key ?? '';
  const second = cursor.peek(1)?.key ?? '';
  if (first === 'BEGIN') return !transactions.has(second) && !(second === 'ATOMIC' && cursor.end - cursor.at === 2);
  if (first === 'DECLARE')
    return (rules.parser === 'oracle' || rules.parser === 'snowflake') && cursor.find('BEGIN') < cursor.end;
  if (first === 'DO') return cursor.peek(1)?.type === 'text' || second === 'LANGUAGE';
  return ['IF', 'WHILE', 'FOR', 'LOOP', 'REPEAT', 'ELSE'].includes(first);
}

const openers = new Set(['BEGIN', 'DECLARE', 'CREATE', 'IF', 'WHILE', 'FOR', 'LOOP', 'REPEAT']);
const lineStarters = new Set(
  'INSERT UPDATE DELETE MERGE TRUNCATE DROP CREATE ALTER EXEC EXECUTE DECLARE PRINT USE SELECT SET IF WITH'.split(' '),
);

/** The statements of a script, in order; each is a cursor over its tokens, without the semicolon. */
export function split(sql: string, tokens: readonly Token[], rules: DialectRules): Cursor[] {
  const found: Cursor[] = [];
  let from = 0;
  let depth = 0;
  let parentheses = 0;
  const close = (to: number, next: number) => {
    if (to > from) found.push(new Cursor(sql, tokens, { from, to }));
    from = next;
    depth = 0;
    parentheses = 0;
  };
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    const key = token?.key ?? '';
    const alone = token?.first === true && (tokens[index + 1]?.first ?? true);
    if (
      rules.parser === 'tsql' &&
      key === 'GO' &&
      (alone || (token?.first === true && tokens[index + 1]?.type === 'number' && (tokens[index + 2]?.first ?? true)))
    ) {
      const count = tokens[index + 1]?.type === 'number' && !tokens[index + 1]?.first ? 1 : 0;
      close(index, index + 1 + count);
      index += count;
      continue;
    }
    if (rules.parser === 'oracle' && key === '/' && alone) {
      close(index, index + 1);
      continue;
    }
    if (key === '(') parentheses++;
    else if (key === ')') parentheses = Math.max(0, parentheses - 1);
    if (index === from || depth > 0) depth = depthAfter({ tokens, index, from, depth }, rules);
    else if (isRoutineBody({ tokens, index, from })) depth = 1;
    if (key === ';' && depth === 0) close(index, index + 1);
    else if (
      rules.parser === 'tsql' &&
      depth === 0 &&
      parentheses === 0 &&
      index > from &&
      token?.first &&
      startsAnother(tokens, from, index)
    ) {
      close(index, index);
      index--;
    }
  }
  close(tokens.length, tokens.length);
  return found;
}

interface Place {
  tokens: readonly Token[];
  index: number;
  from: number;
}

/** How deep in blocks the script is after this token. */
function depthAfter({ tokens, index, from, depth }: Place & { depth: number }, rules: DialectRules): number {
  const key = tokens[index]?.key ?? '';
  const following = tokens[index + 1]?.key ?? '';
  if (index === from) {
    if (!openers.has(key) || key === 'CREATE') return 0;
    if (key === 'BEGIN') return transactions.has(following) ? 0 : 1;
    if (key === 'DECLARE') return rules.parser === 'oracle' || rules.parser === 'snowflake' ? 1 : 0;
    return rules.parser === 'tsql' || rules.parser === 'sqlite' ? 0 : 1;
  }
  const before = tokens[index - 1]?.key ?? '';
  const head = tokens[from]?.key ?? '';
  if (key === 'BEGIN') {
    if (transactions.has(following) && following !== '') return depth;
    return head === 'DECLARE' && depth === 1 && !hasBegun(tokens, from, index) ? 1 : depth + 1;
  }
  if (key === 'CASE' && before !== 'END') return depth + 1;
  const inner = ['IF', 'LOOP', 'WHILE', 'FOR', 'REPEAT'];
  if (key === 'END') return inner.includes(following) && !(depth === 1 && inner.includes(head)) ? depth : depth - 1;
  return depth;
}

const hasBegun = (tokens: readonly Token[], from: number, index: number): boolean =>
  tokens.slice(from, index).some(({ key }) => key === 'BEGIN');

/** BEGIN after CREATE PROCEDURE and the like opens its body. */
function isRoutineBody({ tokens, index, from }: Place): boolean {
  if (tokens[index]?.key !== 'BEGIN' || tokens[from]?.key !== 'CREATE') return false;
  return tokens.slice(from, Math.min(index, from + 8)).some(({ key }) => routines.test(key));
}

/** T-SQL needs no semicolons: a keyword that begins a line may begin a statement. */
function startsAnother(tokens: readonly Token[], from: number, index: number): boolean {
  const key = tokens[index]?.key ?? '';
  if (!lineStarters.has(key)) return false;
  const head = tokens[from]?.key ?? '';
  const before = tokens[index - 1]?.key ?? '';
  if (['THEN', 'AS', 'ELSE', 'UNION', 'ALL', 'EXCEPT', 'INTERSECT', 'FOR', 'ON', 'BEGIN', ',', '='].includes(before))
    return false;
  if (head === 'CREATE' || head === 'BEGIN' || head === 'IF' || head === 'ELSE' || head === 'WHILE') return false;
  const words = tokens.slice(from, index);
  if (key === 'SET') return head !== 'UPDATE' && head !== 'MERGE' && head !== 'ALTER' && head !== 'WITH';
  if (head === 'WITH') {
    const verb = words.some(
      (token) => ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE'].includes(token.key) && token.first,
    );
    return verb && key !== 'SELECT';
  }
  if (head === 'INSERT' && ['SELECT', 'EXEC', 'EXECUTE', 'WITH'].includes(key)) {
    let depth = 0;
    return words.some((token) => {
      if (token.key === '(') depth++;
      else if (token.key === ')') depth--;
      return depth === 0 && ['SELECT', 'VALUES', 'EXEC', 'EXECUTE'].includes(token.key);
    });
  }
  if (key === 'WITH') return false;
  if (head === 'MERGE') return before !== 'THEN';
  return true;
}
