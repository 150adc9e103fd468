import { byName, byPart } from './name-tests.js';
import { allOf, anyOf, filterOnly, noneOf, type Selector } from './selector.js';
import { asPropertiesList, asText, isTemplate, type Properties } from './values.js';

const conditionTypes = 'io.kestra.plugin.core.condition.';

/** The conditions of a Flow trigger (up to 1.3): all of them must hold for the execution that sets it off. */
export function conditionsSelector(conditions: unknown): Selector {
  return allOf(selectorsOf(conditions));
}

/**
 * A condition that several executions fulfil together: each flow that it names is an upstream. `multipleConditions` of
 * Enterprise holds a list of these.
 */
export function multipleSelector(conditions: unknown): Selector {
  return anyOf(selectorsOf(conditions));
}

const selectorsOf = (conditions: unknown): Selector[] => asPropertiesList(conditions).map(conditionSelector);

function conditionSelector(condition: Properties): Selector {
  const type = asText(condition.type) ?? '';
  // Its members are mapped by names, and the type may be missing in a list of nothing else.
  switch (type.startsWith(conditionTypes) ? type.slice(conditionTypes.length) : '') {
    case 'ExecutionFlow':
      return byName(asText(condition.namespace), asText(condition.flowId));
    case 'ExecutionNamespace':
      return namespaceSelector(condition);
    case 'Or':
      return anyOf(selectorsOf(condition.conditions));
    case 'Not':
      return noneOf(selectorsOf(condition.conditions));
    case 'MultipleCondition':
      return multipleSelector(condition.conditions);
    default:
      return filterOnly;
  }
}

/** Kestra compares texts, not parts between dots: with PREFIX, `comp` matches `company`. */
function namespaceSelector({ namespace: value, comparison, prefix }: Properties): Selector {
  const namespace = asText(value);
  if (namespace === undefined) return filterOnly;
  if (isTemplate(namespace)) return { kind: 'open', templates: [namespace] };
  switch (asText(comparison) ?? (String(prefix) === 'true' ? 'PREFIX' : 'EQUALS')) {
    case 'PREFIX':
      return byPart('namespace', (text) => text.startsWith(namespace));
    case 'SUFFIX':
      return byPart('namespace', (text) => text.endsWith(namespace));
    case 'EQUALS':
      return byPart('namespace', (text) => text === namespace);
    default:
      return { kind: 'filter', unread: `comparison ${String(comparison)}` };
  }
}
