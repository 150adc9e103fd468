import { byName, byPart, type NamePart } from './name-tests.js';
import { allOf, anyOf, filterOnly, noneOf, type Selector } from './selector.js';
import { asProperties, asPropertiesList, asText, asTexts, isTemplate, type Properties } from './values.js';

/**
 * The preconditions of a Flow trigger (0.20 to 1.3). Several executions fulfil them together, so each flow that one of
 * them names is an upstream.
 */
export function preconditionsSelector(value: unknown): Selector {
  const { flows, where } = asProperties(value);
  return anyOf([
    ...asPropertiesList(flows).map(({ namespace, flowId }) => byName(asText(namespace), asText(flowId))),
    ...asPropertiesList(where).map(groupSelector),
  ]);
}

function groupSelector({ operand, filters }: Properties): Selector {
  const selectors = asPropertiesList(filters).map(filterSelector);
  return operand === 'OR' ? anyOf(selectors) : allOf(selectors);
}

const parts: ReadonlyMap<unknown, NamePart> = new Map([
  ['NAMESPACE', 'namespace'],
  ['FLOW_ID', 'id'],
]);

function filterSelector({ field, type, value, values }: Properties): Selector {
  const part = parts.get(field);
  if (part === undefined) return filterOnly;
  const texts = [...asTexts(value), ...asTexts(values)];
  const templates = texts.filter(isTemplate);
  if (templates.length > 0) return { kind: 'open', templates };
  const [text] = texts;
  if (text === undefined) return filterOnly;
  switch (type) {
    case 'EQUAL_TO':
    case 'IN':
      return byPart(part, (name) => texts.includes(name));
    case 'NOT_EQUAL_TO':
    case 'NOT_IN':
      return noneOf([byPart(part, (name) => texts.includes(name))]);
    case 'STARTS_WITH':
      return byPart(part, (name) => name.startsWith(text));
    case 'ENDS_WITH':
      return byPart(part, (name) => name.endsWith(text));
    case 'CONTAINS':
      return byPart(part, (name) => name.includes(text));
    case 'REGEX':
      return regexSelector(part, text);
    default:
      return { kind: 'filter', unread: `filter ${String(type)}` };
  }
}

/** Java's regular expressions match the whole text. One that JavaScript can't compile leaves it open. */
function regexSelector(part: NamePart, pattern: string): Selector {
  const [, ignoreCase, body = ''] = /^(\(\?i\))?(.*)$/s.exec(pattern) ?? [];
  try {
    const expression = new RegExp(`^(?:${body})$`, ignoreCase === undefined ? '' : 'i');
    return byPart(part, (name) => expression.test(name));
  } catch {
    return { kind: 'open', templates: [pattern] };
  }
}
