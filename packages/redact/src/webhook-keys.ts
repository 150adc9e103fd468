import { hide as hideText } from './replacement.js';

const typeLine = /^[ \t]*(?:-[ \t]+)?["']?type["']?:[ \t]*["']?[\w.]*\.Webhook["']?[ \t]*(?:#[^\r]*)?\r?$/;
const keyLine = /^([ \t]*(?:-[ \t]+)?["']?key["']?:[ \t]*)(.*)$/s;
/** The value stands in the next lines. */
const goesOn = /^(?:[|>][-+0-9]{0,2})?\s*$/;
const jsonTypeFirst = /(\.Webhook"[^{}]{0,2000}?"key"\s{0,4}:\s{0,4}")([^"\n]{1,512})/g;
const jsonKeyFirst = /("key"\s{0,4}:\s{0,4}")([^"\n]{1,512})(?="[^{}]{0,2000}\.Webhook")/g;
const flowValue = `("[^"\\n]{1,512}"|'[^'\\n]{1,512}'|[^"'\\s,{}]{1,512})`;
/** `{type: ….Webhook, key: …}` */
const flowTypeFirst = new RegExp(
  String.raw`(\.Webhook["']?\s{0,4},[^{}]{0,2000}?[,\s]key\s{0,4}:\s{0,4})${flowValue}`,
  'g',
);
const flowKeyFirst = new RegExp(
  String.raw`([{,\s]key\s{0,4}:\s{0,4})${flowValue}(?=\s{0,4},[^{}]{0,2000}\.Webhook)`,
  'g',
);

/** The column where a line's first word begins; a list dash counts as indentation. */
const columnOf = (line: string): number => line.search(/[^\s-]/);

const hide = (value: string): string => {
  const [, quote = '', inner = value] = /^(["'])(.*)\1$/.exec(value) ?? [];
  return quote + hideText(inner) + quote;
};

/** Hides the `key` beside a `type: ….Webhook` in YAML: whoever knows it can start the flow. */
function redactYaml(text: string): string {
  const lines = text.split('\n');
  const hideBelow = (index: number, column: number): void => {
    for (let here = index + 1; here < Math.min(lines.length, index + 100); here += 1) {
      const line = lines[here]!;
      if (line.trim() === '') continue;
      if (line.search(/\S/) <= column) return;
      lines[here] = line.slice(0, line.search(/\S/)) + hide(line.trim());
    }
  };
  lines.forEach((line, index) => {
    if (!typeLine.test(line)) return;
    const column = columnOf(line);
    for (const step of [-1, 1]) {
      // A list item ends where a line begins further left, or where the next dash begins.
      let here = index;
      for (;;) {
        if (step < 0 && /^[ \t]*- /.test(lines[here]!) && columnOf(lines[here]!) === column) break;
        here += step;
        const sibling = lines[here];
        if (sibling === undefined || Math.abs(here - index) > 100) break;
        if (sibling.trim() === '') continue;
        const siblingColumn = columnOf(sibling);
        if (siblingColumn >= 0 && siblingColumn < column) break;
        if (step > 0 && siblingColumn === column && /^[ \t]*- /.test(sibling)) break;
        const key = siblingColumn === column ? keyLine.exec(sibling) : null;
        if (key === null) continue;
        if (goesOn.test(key[2]!)) hideBelow(here, column);
        else lines[here] = key[1]! + hide(key[2]!.trim()) + (sibling.endsWith('\r') ? '\r' : '');
      }
    }
  });
  return lines.join('\n');
}

/** Hides the keys of webhook triggers in YAML and JSON text. */
export function redactWebhookKeys(text: string): string {
  if (!text.includes('.Webhook')) return text;
  return redactYaml(text)
    .replace(jsonTypeFirst, (_match, before: string, key: string) => before + hide(key))
    .replace(jsonKeyFirst, (_match, before: string, key: string) => before + hide(key))
    .replace(flowTypeFirst, (_match, before: string, key: string) => before + hide(key))
    .replace(flowKeyFirst, (_match, before: string, key: string) => before + hide(key));
}
