import type { ServerAnswer } from '../http-server.js';
import { storedZip } from '../zip.js';
import { notFound, ok } from './answers.js';
import { flowDependencies } from './dependencies.js';
import type { KestraDialect } from './dialect.js';
import { type FlowEntry, findFlows, sortFlows } from './flow-search.js';
import { withFreshUids } from './graph.js';
import { cut, readPage } from './paging.js';
import type { KestraRequest, KestraState, Route } from './route.js';

const all = (state: KestraState): FlowEntry[] => [...state.flows.values()];

function flowOf(state: KestraState, { params }: KestraRequest): FlowEntry | undefined {
  const [namespace, id] = params;
  return state.flows.get(`${namespace}/${id}`);
}

function archive(entries: readonly FlowEntry[], separator: KestraDialect['exportNameSeparator']): ServerAnswer {
  return {
    status: 200,
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="flows.zip"',
    },
    bytes: storedZip(
      entries.map(({ flow, source }) => ({
        name: `${flow.namespace}${separator}${flow.id}.yml`,
        text: source ?? '',
      })),
    ),
  };
}

export const flowRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: 'flows/search',
    handle: (state, { query }) => {
      const { dialect } = state;
      const page = readPage(query, { dialect, operation: dialect.operationOfFlowSearch });
      const found = sortFlows(findFlows(all(state), query, dialect), query, dialect);
      const { rows, total } = cut(found, page);
      return ok({ results: rows.map(({ flow }) => flow), total });
    },
  },
  {
    method: 'GET',
    pattern: 'flows/distinct-namespaces',
    handle: (state, { query }) => {
      const wanted = query.get('q') ?? '';
      const names = new Set(all(state).map(({ flow }) => flow.namespace));
      return ok([...names].filter((name) => name.includes(wanted)).sort());
    },
  },
  {
    method: 'GET',
    pattern: 'flows/export/by-query',
    binary: true,
    handle: (state, { query }) =>
      archive(findFlows(all(state), query, state.dialect), state.dialect.exportNameSeparator),
  },
  {
    method: 'POST',
    pattern: 'flows/export/by-ids',
    binary: true,
    handle: (state, { body }) => {
      const wanted = Array.isArray(body) ? (body as { namespace?: unknown; id?: unknown }[]) : [];
      const found = wanted.map(({ namespace, id }) => state.flows.get(`${namespace}/${id}`));
      return archive(
        found.filter((entry) => entry !== undefined),
        '.',
      );
    },
  },
  {
    method: 'GET',
    pattern: 'flows/{}',
    handle: (state, { params: [namespace] }) =>
      ok(
        all(state)
          .filter(({ flow }) => flow.namespace === namespace)
          .map(({ flow }) => flow),
      ),
  },
  {
    method: 'GET',
    pattern: 'flows/{}/{}',
    handle: (state, request) => {
      const entry = flowOf(state, request);
      const revision = request.query.get('revision');
      if (!entry || (revision !== null && Number(revision) !== entry.flow.revision)) throw notFound();
      return ok(request.query.get('source') === 'true' ? { ...entry.flow, source: entry.source } : entry.flow);
    },
  },
  {
    method: 'GET',
    pattern: 'flows/{}/{}/graph',
    handle: (state, request) => {
      const entry = flowOf(state, request);
      const [namespace, id] = request.params;
      const tenant = state.dialect.tenants ? 'main_' : '';
      if (!entry) throw notFound(`Unable to find flow ${tenant}${namespace}_${id}`);
      const { status, body } = entry.graph;
      return { status, json: withFreshUids(body, state.dialect) };
    },
  },
  {
    method: 'GET',
    pattern: 'flows/{}/{}/dependencies',
    handle: (state, { query, params: [namespace = '', id = ''] }) =>
      ok(flowDependencies(state.flows, query, { dialect: state.dialect, namespace, id })),
  },
  {
    method: 'GET',
    pattern: 'flows/{}/{}/revisions',
    handle: (state, request) => {
      const entry = flowOf(state, request);
      if (!entry) throw notFound();
      const { exception: _, ...flow } = entry.flow;
      return ok([{ ...flow, source: entry.source }]);
    },
  },
];
