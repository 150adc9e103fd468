import { KestraRefusal, ok } from './answers.js';
import { namespaceDependencies } from './dependencies.js';
import type { KestraDialect } from './dialect.js';
import { systemNamespace } from './flow-search.js';
import { cut, readPage } from './paging.js';
import type { KestraState, Route } from './route.js';
import { findTriggers, stateOf, type TriggerItem } from './trigger-search.js';

/** A namespace as `namespaces/{id}` has it, known or not. */
const namespaceItem = (id: string, dialect: KestraDialect): Record<string, unknown> =>
  dialect.line === '2.0' ? { id } : { id, deleted: false };

/** The recorded namespaces, or those of the flows and their ancestors. */
function namespacesOf(state: KestraState): { id: string }[] {
  if (state.dataset.namespaces) return state.dataset.namespaces as { id: string }[];
  const names = new Set<string>();
  for (const { flow } of state.flows.values()) {
    const parts = flow.namespace.split('.');
    for (let length = 1; length <= parts.length; length += 1) names.add(parts.slice(0, length).join('.'));
  }
  return [...names, systemNamespace].map((id) => ({ id, ...namespaceItem(id, state.dialect) }));
}

const triggersOf = (state: KestraState): TriggerItem[] => state.dataset.triggers as TriggerItem[];

/** Paths of the real server that the stand-in does not offer, and that must not be taken for a namespace or an id. */
const notOffered = ['flows/source', 'executions/distinct-field-values'];

export const serverRoutes: readonly Route[] = [
  ...notOffered.map(
    (pattern): Route => ({
      method: 'GET',
      pattern,
      handle: () => {
        throw new KestraRefusal(501, `Not Implemented: the sandbox does not offer ${pattern}`);
      },
    }),
  ),
  { method: 'GET', pattern: 'configs', global: true, handle: (state) => ok(state.dataset.configs) },
  { method: 'GET', pattern: 'plugins', global: true, handle: (state) => ok(state.dataset.plugins) },
  {
    method: 'GET',
    pattern: 'tenants/search',
    global: true,
    handle: ({ tenants, dialect }, { query }) => {
      const { rows, total } = cut(tenants, readPage(query, { dialect, operation: 'find' }));
      return ok({ results: rows.map((id) => ({ id, name: id, deleted: false })), total });
    },
  },
  {
    method: 'GET',
    pattern: 'namespaces/search',
    handle: (state, { query }) => {
      const { dialect } = state;
      const wanted = dialect.namespaceSearchReadsQuery ? (query.get('q') ?? '') : '';
      const found = namespacesOf(state).filter(({ id }) => id.includes(wanted));
      const { rows, total } = cut(found, readPage(query, { dialect, operation: 'searchNamespaces' }));
      return ok({ results: rows, total });
    },
  },
  {
    method: 'GET',
    pattern: 'namespaces/{}',
    handle: ({ dialect }, { params: [id = ''] }) => ok(namespaceItem(id, dialect)),
  },
  {
    method: 'GET',
    pattern: 'namespaces/{}/dependencies',
    handle: ({ flows, dialect }, { params: [namespace = ''] }) => ok(namespaceDependencies(flows, namespace, dialect)),
  },
  {
    method: 'GET',
    pattern: 'triggers/search',
    handle: (state, { query }) => {
      const { dialect } = state;
      const found = findTriggers(triggersOf(state), query, dialect);
      const { rows, total } = cut(found, readPage(query, { dialect, operation: 'searchTriggers' }));
      // A trigger whose definition is gone counts in the total and is left out of its page.
      return ok({ results: rows.filter((item) => item.trigger ?? item.abstractTrigger), total });
    },
  },
  {
    method: 'GET',
    pattern: 'triggers/{}/{}',
    handle: (state, { query, params: [namespace, flowId] }) => {
      const found = triggersOf(state)
        .map(stateOf)
        .filter((each) => each.namespace === namespace && each.flowId === flowId);
      const { rows, total } = cut(
        found,
        readPage(query, { dialect: state.dialect, operation: 'searchTriggersForFlow' }),
      );
      return ok({ results: rows, total });
    },
  },
];
