import { byName, byPart } from './name-tests.js';
import { allOf, anyOf, filterOnly, noneOf, type Selector } from './selector.js';
import { asPropertiesList, asText } from './values.js';

/** What a Flow trigger of 2.0 depends on. Whether it waits for ANY, ALL or so many of them, each is an upstream. */
export function dependsOnSelector(value: unknown): Selector {
  return anyOf(
    asPropertiesList(value).map(({ namespace, flowId, when }) =>
      allOf([byName(asText(namespace), asText(flowId)), whenSelector(when)]),
    ),
  );
}

const variable = String.raw`(flow\.namespace|flow\.id|namespace|flowId)`;
const quoted = `(?:'([^']*)'|"([^"]*)")`;
const comparison = new RegExp(String.raw`^\{\{\s*${variable}\s*(==|!=)\s*${quoted}\s*\}\}$`);
const test = new RegExp(String.raw`^\{\{\s*${variable}\s*\|\s*(startsWith|endsWith)\(\s*${quoted}\s*\)\s*\}\}$`);

/**
 * An expression that an execution must fulfil (2.0). `flow` is the flow of that execution, not the one that listens (Kestra
 * fact 27). Only plain comparisons are understood; others are filters like states and labels are.
 */
export function whenSelector(value: unknown): Selector {
  const expression = asText(value)?.trim();
  if (expression === undefined) return filterOnly;
  const [, variableName, operation, single, double] = comparison.exec(expression) ?? test.exec(expression) ?? [];
  const wanted = single ?? double;
  if (variableName === undefined || wanted === undefined) {
    return /\b(namespace|flowId|flow\.id)\b/.test(expression) ? { kind: 'filter', unread: expression } : filterOnly;
  }
  const part = variableName.endsWith('namespace') ? 'namespace' : 'id';
  switch (operation) {
    case 'startsWith':
      return byPart(part, (text) => text.startsWith(wanted));
    case 'endsWith':
      return byPart(part, (text) => text.endsWith(wanted));
    case '!=':
      return noneOf([byPart(part, (text) => text === wanted)]);
    default:
      return byPart(part, (text) => text === wanted);
  }
}
