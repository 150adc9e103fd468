import { createHttpClient, type HttpClient, type HttpRequest, type HttpResponse, path } from '@flowmeta/http';
import { type DetectedServer, detectServer } from './detect.js';
import { explain, isKestraError, unreadable, wholeListing } from './kestra-error.js';
import { listTenants } from './list-tenants.js';
import { normaliseUrl } from './normalise-url.js';
import { readPages } from './paging.js';
import { readExecution } from './read/execution.js';
import { readFlow } from './read/flow.js';
import { readGraph } from './read/graph.js';
import {
  type Dependencies,
  type LatestExecutions,
  type LogEntries,
  type Plugins,
  readDependencies,
  readLatestExecutions,
  readLogs,
  readNamespace,
  readOutputs,
  readPage,
  readPlugins,
  readTriggerItem,
  type TriggerItem,
} from './read/other.js';
import { type FlowSource, readSources } from './read/sources.js';
import { isObject } from './read/values.js';
import {
  checkExecution,
  checkNamespace,
  executionQuery,
  isInNamespace,
  namespaceQuery,
  type Query,
} from './search-query.js';
import type {
  ExecutionSearch,
  KestraAuth,
  KestraClient,
  KestraClientOptions,
  KestraExecution,
  KestraFlow,
  KestraGraphResult,
  KestraServer,
  SearchOptions,
  UnreadableItem,
} from './types.js';
import { untilAborted } from './until-aborted.js';

const defaultTimeoutMs = 60_000;
const defaultPageSize = 100;
/** Triggers and namespaces are small and their order is weakly defined: most servers fit into one page. */
const smallItemsPageSize = 1000;
/** Flows per `executions/latest`: the query behind it grows with them. */
const latestBatch = 100;
const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

type Unreadable = { onUnreadable?: (item: UnreadableItem) => void };
type Signal = { signal?: AbortSignal };

/**
 * A read-only client for one Kestra server of any version from 0.17 on. Does nothing until its first call, which finds out
 * what the server is. Throws a `KestraError` when the url is none.
 */
export function createKestraClient(options: KestraClientOptions): KestraClient {
  return new HttpKestraClient(options);
}

class HttpKestraClient implements KestraClient {
  readonly #http: HttpClient;
  readonly #tenant: string;
  #server: Promise<DetectedServer> | undefined;

  constructor(options: KestraClientOptions) {
    const { tenant = 'main', url, auth = authOfUrl(url), ...transport } = options;
    this.#tenant = tenant;
    this.#http = createHttpClient({
      timeoutMs: defaultTimeoutMs,
      ...transport,
      baseUrl: normaliseUrl(url),
      headers: authorizationOf(auth),
    });
  }

  server(options: Signal = {}): Promise<KestraServer> {
    return this.#detect(options.signal);
  }

  tenants({ signal }: Signal = {}): Promise<string[]> {
    return listTenants({ http: this.#http, tenant: this.#tenant, signal });
  }

  async *flows(options: SearchOptions & Unreadable = {}): AsyncGenerator<KestraFlow> {
    const { dialect } = await this.#detect(options.signal);
    const query = { sort: ['namespace:asc', 'id:asc'], ...namespaceQuery(dialect, options.namespace) };
    const items = this.#search('flows', '/flows/search', query, options, {
      keyOf: (item) => keyOf(item, ['namespace', 'id']),
      countable: true,
    });
    for await (const item of items) {
      const flow = readItem(item, readFlow, options, 'flow');
      if (flow !== undefined && checkNamespace(dialect, flow, options) === 'keep') yield flow;
    }
  }

  async flow(
    namespace: string,
    id: string,
    options: Signal & { revision?: number } = {},
  ): Promise<KestraFlow | undefined> {
    const { status, body } = await this.#get(path`/flows/${namespace}/${id}`, {
      query: { source: 'true', revision: options.revision },
      accepted: [404],
      signal: options.signal,
    });
    if (status === 404) return undefined;
    const flow = readFlow(body);
    if (flow.id !== id || flow.namespace !== namespace) {
      throw unreadable(`Kestra returned ${flow.namespace}.${flow.id} when asked for ${namespace}.${id}`, 'fatal');
    }
    return flow;
  }

  async flowGraph(namespace: string, id: string, options: Signal = {}): Promise<KestraGraphResult> {
    const { status, body } = await this.#get(path`/flows/${namespace}/${id}/graph`, {
      accepted: [404, 409, 422, 500],
      signal: options.signal,
    });
    if (status < 400) return { ok: true, graph: readGraph(body) };
    const message = isObject(body) && typeof body.message === 'string' ? body.message : `status ${status}`;
    return { ok: false, status, message };
  }

  async *sources(options: SearchOptions & Unreadable = {}): AsyncGenerator<FlowSource> {
    const { dialect } = await this.#detect(options.signal);
    const { body } = await this.#get<Uint8Array>('/flows/export/by-query', {
      query: namespaceQuery(dialect, options.namespace),
      // Asked for JSON it answers 404.
      accept: 'application/octet-stream',
      expect: 'bytes',
      signal: options.signal,
    });
    const skip = (name: string): void =>
      options.onUnreadable?.({ ref: name, error: unreadable(`the export's entry ${name} is no flow`) });
    for (const source of readSources(body, skip)) {
      options.signal?.throwIfAborted();
      if (checkNamespace(dialect, source, options) === 'keep') yield source;
    }
  }

  async *executions(search: ExecutionSearch & Unreadable): AsyncGenerator<KestraExecution> {
    if (search.flowId !== undefined && search.namespace === undefined) {
      throw new TypeError('a search of executions by flowId needs the namespace');
    }
    if (search.until !== undefined && search.until <= search.since) return;
    if (search.states?.length === 0) return;
    const { dialect } = await this.#detect(search.signal);
    const items = this.#search('executions', '/executions/search', executionQuery(dialect, search), search, {
      keyOf: (item) => keyOf(item, ['id']),
      countable: true,
    });
    let latestStart = Number.NEGATIVE_INFINITY;
    let ordered = true;
    for await (const item of items) {
      const execution = readItem(item, readExecution, search, 'execution');
      if (execution === undefined) continue;
      const startedAt = Date.parse(execution.state.startDate ?? execution.state.histories[0]?.date ?? '');
      if (Number.isNaN(startedAt)) {
        const ref = `execution ${execution.id}`;
        report(search, { ref, error: unreadable(`${ref} has no start date`) });
        continue;
      }
      ordered &&= startedAt >= latestStart;
      latestStart = startedAt;
      if (checkExecution(dialect, { ...execution, startedAt }, search) === 'keep') yield execution;
      // Old servers can't be asked for an end; as they list by start, all that follows lies behind it.
      else if (ordered && dialect.filters === 'legacy' && search.until !== undefined && startedAt >= search.until)
        return;
    }
  }

  async countExecutions(search: Omit<ExecutionSearch, 'until' | 'pageSize'>): Promise<number> {
    const { dialect } = await this.#detect(search.signal);
    const query = { page: 1, size: 1, ...executionQuery(dialect, search) };
    const { body } = await this.#get('/executions/search', { query, signal: search.signal });
    const { results, total } = readPage(body);
    // The first one by start shows whether the server has counted what it was asked for.
    const first = readItem(results[0], readExecution, { onUnreadable: () => {} }, 'execution');
    const startedAt = Date.parse(first?.state.startDate ?? first?.state.histories[0]?.date ?? '');
    if (first !== undefined && !Number.isNaN(startedAt)) checkExecution(dialect, { ...first, startedAt }, search);
    return total;
  }

  async execution(id: string, options: Signal = {}): Promise<KestraExecution | undefined> {
    const { status, body } = await this.#get(path`/executions/${id}`, { accepted: [404], signal: options.signal });
    if (status === 404) return undefined;
    const execution = readExecution(body);
    if (execution.id !== id)
      throw unreadable(`Kestra returned execution ${execution.id} when asked for ${id}`, 'fatal');
    return execution;
  }

  async latestExecutions(flows: { namespace: string; id: string }[], options: Signal = {}): Promise<LatestExecutions> {
    const { dialect } = await this.#detect(options.signal);
    if (!dialect.latestExecutions) return [];
    const asked = new Set(flows.map(({ namespace, id }) => `${namespace}/${id}`));
    const found: LatestExecutions = [];
    // Never with an empty list: that means all flows.
    for (let start = 0; start < flows.length; start += latestBatch) {
      const batch = flows.slice(start, start + latestBatch).map(({ namespace, id }) => ({ namespace, id }));
      const { body } = await this.#get('/executions/latest', {
        method: 'POST',
        body: batch,
        repeatable: true,
        signal: options.signal,
      });
      found.push(...readLatestExecutions(body));
    }
    return found.filter(({ namespace, flowId }) => asked.has(`${namespace}/${flowId}`));
  }

  async *triggers(options: SearchOptions & Unreadable = {}): AsyncGenerator<TriggerItem> {
    // Filtered here: which filters this search knows differs by version, and triggers are few.
    const search = { pageSize: smallItemsPageSize, ...options };
    const items = this.#search('triggers', '/triggers/search', { sort: 'flowId:asc' }, search, {
      keyOf: (item) => {
        if (!isObject(item)) return undefined;
        return keyOf(item.triggerContext ?? item.state, ['namespace', 'flowId', 'triggerId']);
      },
      // Rows whose flow is gone are counted and left out.
      countable: false,
    });
    for await (const item of items) {
      const trigger = readItem(item, readTriggerItem, { onUnreadable: () => {}, ...options }, 'trigger');
      if (trigger === undefined) continue;
      if (options.namespace === undefined || isInNamespace(trigger.namespace, options.namespace)) yield trigger;
    }
  }

  async flowTriggers(namespace: string, id: string, options: Signal = {}): Promise<TriggerItem[]> {
    const { body } = await this.#get(path`/triggers/${namespace}/${id}`, {
      query: { size: smallItemsPageSize },
      signal: options.signal,
    });
    const { results, total } = readPage(body);
    const triggers = results.map(readTriggerItem);
    const stray = triggers.find((trigger) => trigger.namespace !== namespace || trigger.flowId !== id);
    if (stray !== undefined) {
      const got = `${stray.namespace}.${stray.flowId}`;
      throw unreadable(`Kestra returned a trigger of ${got} when asked for those of ${namespace}.${id}`);
    }
    if (triggers.length < total)
      throw unreadable(`Kestra returned ${triggers.length} of the ${total} triggers of ${namespace}.${id}`);
    return triggers;
  }

  async *namespaces(options: SearchOptions = {}): AsyncGenerator<{ id: string; disabled: boolean }> {
    const { dialect } = await this.#detect(options.signal);
    const wanted = (id: string): boolean => options.namespace === undefined || isInNamespace(id, options.namespace);
    if (!dialect.namespacesEndpoint) {
      const { body } = await this.#get('/flows/distinct-namespaces', { signal: options.signal });
      for (const id of Array.isArray(body) ? body : [])
        if (typeof id === 'string' && wanted(id)) yield { id, disabled: false };
      return;
    }
    // Filtered here: 2.0 ignores the query.
    const search = { pageSize: smallItemsPageSize, ...options };
    const items = this.#search('namespaces', '/namespaces/search', {}, search, {
      keyOf: (item) => keyOf(item, ['id']),
      countable: true,
    });
    for await (const item of items) {
      const namespace = readNamespace(item);
      if (wanted(namespace.id)) yield namespace;
    }
  }

  async plugins(options: Signal = {}): Promise<Plugins> {
    const server = await this.#detect(options.signal);
    const base = server.dialect.pluginsInTenant ? server.basePath : '/api/v1';
    return readPlugins((await this.#request({ path: `${base}/plugins`, signal: options.signal }, server)).body);
  }

  async dependencies(namespace: string, id: string, options: Signal = {}): Promise<Dependencies> {
    const { body } = await this.#get(path`/flows/${namespace}/${id}/dependencies`, { signal: options.signal });
    return readDependencies(body);
  }

  async outputs(executionId: string, options: Signal = {}): Promise<unknown[] | undefined> {
    const { dialect } = await this.#detect(options.signal);
    if (!dialect.outputsEndpoint) return undefined;
    const { status, body } = await this.#get(path`/outputs/${executionId}`, {
      accepted: [404],
      signal: options.signal,
    });
    return status === 404 ? undefined : readOutputs(body);
  }

  async logs(executionId: string, options: Signal & { minLevel?: string } = {}): Promise<LogEntries> {
    const { body } = await this.#get(path`/logs/${executionId}`, {
      query: { minLevel: options.minLevel },
      signal: options.signal,
    });
    const lowest = logLevels.indexOf(options.minLevel ?? 'TRACE');
    // Again here: 2.0 ignores the parameter. A level without a rank is shown.
    return readLogs(body).filter(({ level }) => {
      const rank = logLevels.indexOf(level ?? '');
      return rank < 0 || rank >= lowest;
    });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** Once for all callers: one that gives up doesn't take the others along, and a failure is tried anew. */
  #detect(signal: AbortSignal | undefined): Promise<DetectedServer> {
    if (this.#server === undefined) {
      const detected = detectServer({ http: this.#http, tenant: this.#tenant });
      this.#server = detected;
      detected.catch(() => {
        this.#server = undefined;
      });
    }
    return untilAborted(this.#server, signal);
  }

  /** Below the tenant. */
  async #get<T = unknown>(
    where: string,
    request: Omit<HttpRequest, 'path' | 'signal'> & { signal: AbortSignal | undefined },
  ): Promise<HttpResponse<T>> {
    const server = await this.#detect(request.signal);
    return this.#request<T>({ ...request, path: server.basePath + where }, server);
  }

  async #request<T = unknown>(
    { signal, ...request }: Omit<HttpRequest, 'signal'> & { signal: AbortSignal | undefined },
    server: DetectedServer,
  ): Promise<HttpResponse<T>> {
    try {
      return await this.#http.request<T>(signal === undefined ? request : { ...request, signal });
    } catch (error) {
      throw explain(error, { tenant: this.#tenant, setUp: server.setUp });
    }
  }

  #search(
    what: string,
    where: string,
    query: Query,
    { pageSize = defaultPageSize, signal }: SearchOptions,
    { keyOf, countable }: { keyOf: (item: unknown) => string | undefined; countable: boolean },
  ): AsyncGenerator<unknown> {
    const fetchPage = async (page: number) => {
      try {
        return readPage((await this.#get(where, { query: { page, size: pageSize, ...query }, signal })).body);
      } catch (error) {
        throw wholeListing(error, what);
      }
    };
    return readPages({ what, pageSize, fetchPage, keyOf, countable });
  }
}

function keyOf(item: unknown, names: string[]): string | undefined {
  if (!isObject(item)) return undefined;
  const parts = names.map((name) => item[name]);
  return parts.every((part) => typeof part === 'string') ? parts.join('/') : undefined;
}

/** Without a listener the error ends the listing: an item must not go missing unnoticed. */
function report({ onUnreadable }: Unreadable, item: UnreadableItem): void {
  if (onUnreadable === undefined) throw item.error;
  onUnreadable(item);
}

function readItem<T>(item: unknown, read: (item: unknown) => T, options: Unreadable, what: string): T | undefined {
  try {
    return read(item);
  } catch (error) {
    if (!isKestraError(error)) throw error;
    const name = keyOf(item, ['namespace', 'id'])?.replace('/', '.');
    report(options, { ...(name ? { ref: name, isNamed: true } : { ref: `a ${what} without a name` }), error });
    return undefined;
  }
}

function authOfUrl(url: string): KestraAuth {
  if (!URL.canParse(url.trim())) return { kind: 'none' };
  const { username, password } = new URL(url.trim());
  if (username === '') return { kind: 'none' };
  return { kind: 'basic', username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

function authorizationOf(auth: KestraAuth): Record<string, string> {
  switch (auth.kind) {
    case 'none':
      return {};
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` };
    case 'bearer':
      return { authorization: `Bearer ${auth.token}` };
  }
}
