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
  /** The statement's block has begun, after its declarations. */
  let opened = false;
  /** Verbs outside parentheses that the statement has had after its first word. */
  const begun: string[] = [];
  const close = (to: number, next: number) => {
    begun.length = 0;
    opened = false;
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
    if (index === from || depth > 0) {
      depth = depthAfter({ tokens, index, from, depth, opened }, rules);
      opened = key === 'BEGIN' || (opened && index > from);
    } else if (isRoutineBody({ tokens, index, from }) || opensBlock({ tokens, index, from })) depth = 1;
    if (key === ';' && depth === 0 && !(rules.parser === 'tsql' && isTsqlRoutine({ tokens, index, from })))
      close(index, index + 1);
    else if (
      rules.parser === 'tsql' &&
      depth === 0 &&
      parentheses === 0 &&
      index > from &&
      token?.first &&
      startsAnother({ tokens, index, from }, begun)
    ) {
      close(index, index);
      index--;
    } else if (parentheses === 0 && index > from && verbs.has(key)) begun.push(key);
  }
  close(tokens.length, tokens.length);
  return found;
}

const verbs = new Set(
  'SELECT VALUES INSERT UPDATE DELETE MERGE EXEC EXECUTE DROP CREATE ALTER TRUNCATE PRINT SET RETURN END'.split(' '),
);
const continuing = new Set('THEN AS ELSE UNION ALL EXCEPT INTERSECT FOR ON BEGIN , ='.split(' '));
const blockHeads = new Set(['BEGIN', 'IF', 'ELSE', 'WHILE']);

interface Place {
  tokens: readonly Token[];
  index: number;
  from: number;
}

/** How deep in blocks the script is after this token. */
function depthAfter(
  { tokens, index, from, depth, opened }: Place & { depth: number; opened: boolean },
  rules: DialectRules,
): number {
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
    return head === 'DECLARE' && depth === 1 && !opened ? 1 : depth + 1;
  }
  if (key === 'CASE' && before !== 'END') return depth + 1;
  const inner = ['IF', 'LOOP', 'WHILE', 'FOR', 'REPEAT'];
  if (key === 'END') return inner.includes(following) && !(depth === 1 && inner.includes(head)) ? depth : depth - 1;
  return depth;
}

/** BEGIN after CREATE PROCEDURE and the like opens its body. */
function isRoutineBody({ tokens, index, from }: Place): boolean {
  if (tokens[index]?.key !== 'BEGIN' || tokens[from]?.key !== 'CREATE') return false;
  return tokens.slice(from, Math.min(index, from + 8)).some(({ key }) => routines.test(key));
}

/** BEGIN after IF … or after the END of a TRY block belongs to the same statement. */
function opensBlock({ tokens, index, from }: Place): boolean {
  if (tokens[index]?.key !== 'BEGIN' || transactions.has(tokens[index + 1]?.key ?? '')) return false;
  return ['IF', 'ELSE', 'WHILE', 'BEGIN'].includes(tokens[from]?.key ?? '');
}

/** A procedure of T-SQL fills the rest of its batch, semicolons included. */
function isTsqlRoutine({ tokens, from }: Place): boolean {
  if (!['CREATE', 'ALTER'].includes(tokens[from]?.key ?? '')) return false;
  return tokens.slice(from + 1, from + 4).some(({ key }) => routines.test(key));
}

/** T-SQL needs no semicolons: a keyword that begins a line may begin a statement. */
function startsAnother({ tokens, index, from }: Place, begun: readonly string[]): boolean {
  const key = tokens[index]?.key ?? '';
  if (!lineStarters.has(key)) return false;
  const head = tokens[from]?.key ?? '';
  if (continuing.has(tokens[index - 1]?.key ?? '')) return false;
  const last = begun.at(-1) ?? head;
  if (last === 'INSERT' && ['SELECT', 'EXEC', 'EXECUTE', 'WITH'].includes(key)) return false;
  if (key === 'SET' && ['UPDATE', 'MERGE', 'ALTER', 'WITH'].includes(last)) return false;
  if (head === 'CREATE') return key !== 'SELECT' && key !== 'WITH' && !isTsqlRoutine({ tokens, index, from });
  if (head === 'WITH' || blockHeads.has(head)) return begun.length > 0;
  return true;
}
