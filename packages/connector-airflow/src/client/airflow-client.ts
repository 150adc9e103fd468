import { VerdictError } from '@flowmeta/connector';
import {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
  isHttpError,
  path,
} from '@flowmeta/http';
import type { Redactor } from '@flowmeta/redact';
import type { z } from 'zod';
import { type Dialect, dialects } from './dialects.js';
import {
  type Asset,
  type AssetEvent,
  assetEventSchema,
  assetSchema,
  type Dag,
  type DagDetails,
  type DagRun,
  type DagTask,
  type Dependencies,
  dagSchema,
  dependenciesSchema,
  detailsSchema,
  type ImportError,
  importErrorSchema,
  instanceSchema,
  runSchema,
  type TaskInstance,
  tasksSchema,
  tokenSchema,
  triesSchema,
  versionSchema,
} from './wire.js';

export type AirflowAuth =
  | { kind: 'password'; username: string; password: string }
  | { kind: 'token'; token: string }
  | { kind: 'none' };

export interface AirflowClientOptions extends Omit<HttpClientOptions, 'headers' | 'redact'> {
  auth: AirflowAuth;
  /** Learns the token that the server gives. */
  redactor: Redactor;
}

export interface AirflowServer {
  version: string;
  dialect: Dialect;
}

/** The `ref` of a row of the list of DAGs that has no id. */
export const namelessDag = 'a DAG without an id';

/** A row that could not be read. */
export interface UnreadableRow {
  ref: string;
  error: Error;
}

interface ListOptions {
  signal: AbortSignal;
  onUnreadable: (row: UnreadableRow) => void;
}

export interface RunSearch extends ListOptions {
  /** Only of this DAG. */
  dag?: string;
  /** Runs that started at or after it, ms. */
  since?: number;
  /** Runs that started before it, ms. */
  until?: number;
  states?: readonly string[];
  /** Runs that changed at or after it, ms; none of them if they are very many. No answer shows when a run has changed. */
  changedSince?: number;
}

type Signal = { signal: AbortSignal };
type Row = Record<string, unknown>;

/** Both versions cut larger pages to 100 rows without a word (Airflow facts 5, 31). */
const pageSize = 100;
const mostRounds = 3;
/** Runs of one list; of more the window is divided, into so many parts at most. */
const longestList = 5_000;
const mostParts = 100;
/** A part with more than so much of the whole is not divided any further. */
const shrinking = 0.9;
/** Rows of task instances that are asked for at first, of several runs at once: neither version has a largest page there (fact 6). */
const instancesOfBatch = 5_000;

/** Cuts off what a browser's address may have and an API's has not. */
function normaliseAddress(address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + pathname.replace(/\/+$/, '').replace(/\/(api\/v[12]|home)$/, '');
}

/** A read-only client for one Airflow server, 2.x or 3.x. Does nothing until its first call, which finds out what the server is. */
export class AirflowClient {
  /** Where its UI is. */
  readonly address: string;
  readonly #http: HttpClient;
  readonly #auth: AirflowAuth;
  readonly #redactor: Redactor;
  #server: AirflowServer | undefined;
  #authorization: Promise<string> | undefined;

  constructor({ auth, redactor, ...transport }: AirflowClientOptions) {
    this.address = normaliseAddress(transport.baseUrl);
    this.#auth = auth;
    this.#redactor = redactor;
    this.#http = createHttpClient({ ...transport, baseUrl: this.address, redact: (text) => redactor.text(text) });
  }

  /** Needs no sign-in. */
  async server({ signal }: Signal): Promise<AirflowServer> {
    if (this.#server) return this.#server;
    for (const dialect of dialects) {
      const { status, body } = await this.#http.request({
        path: `${dialect.root}/version`,
        accepted: [404],
        signal,
      });
      if (status === 404) continue;
      const { version } = read(versionSchema, body, `${dialect.root}/version`);
      this.#server = { version, dialect };
      return this.#server;
    }
    const error = new VerdictError(
      `${this.address} answers, and is no Airflow: it has neither /api/v2/version nor /api/v1/version`,
      {
        verdict: 'fatal',
        hint: 'Check `hostPort`: on Airflow 3 it is the API server, on Airflow 2 the webserver, without the path of a page.',
      },
    );
    throw Object.assign(error, { kind: 'not-airflow' });
  }

  /** DAGs by their id, without those whose file no longer has them. */
  dags(options: ListOptions): AsyncGenerator<Dag> {
    const keyOf = ({ dag_id }: Row) => (typeof dag_id === 'string' ? dag_id : namelessDag);
    return this.#list('/dags', { ...options, field: 'dags', schema: dagSchema, query: { order_by: 'dag_id' }, keyOf });
  }

  /** One DAG, also one whose file no longer has it. */
  async dag(id: string, { signal }: Signal): Promise<Dag | undefined> {
    const { status, body } = await this.#getOfDag(id, '', { accepted: [404], signal });
    return status === 404 ? undefined : read(dagSchema, body, `DAG ${id}`);
  }

  async details(id: string, { signal }: Signal): Promise<DagDetails> {
    const { body } = await this.#getOfDag(id, '/details', { signal });
    return read(detailsSchema, body, `the details of DAG ${id}`);
  }

  async tasks(id: string, { signal }: Signal): Promise<DagTask[]> {
    const { body } = await this.#getOfDag(id, '/tasks', { signal });
    return read(tasksSchema, body, `the tasks of DAG ${id}`).tasks;
  }

  /**
   * Runs by their start. Those that have not started yet come too where the server counts them in.
   *
   * @throws VerdictError `fatal` when the server did not look at the bounds.
   */
  runs(search: RunSearch): AsyncGenerator<DagRun> {
    return this.#runsOf(search, Number.POSITIVE_INFINITY);
  }

  /** Runs that started at or after `since` and before `until`, and perhaps some more. */
  async countRuns({ since, until }: { since: number; until: number }, { signal }: Signal): Promise<number> {
    const query = { ...bounds({ since, until }), limit: 1 };
    const { body } = await this.#get('/dags/~/dagRuns', { query, signal });
    return pageOf(body, 'dag_runs').total;
  }

  /** A long list is read in parts of the window, if these are shorter than `longest`: pages don't get deep, and little is remembered. */
  async *#runsOf(search: RunSearch, longest: number): AsyncGenerator<DagRun> {
    const { dag = '~', since, until, states, changedSince, ...options } = search;
    const query = {
      order_by: 'start_date',
      ...bounds({ since, until }),
      ...(changedSince !== undefined && { updated_at_gte: new Date(changedSince).toISOString() }),
      ...(states !== undefined && { state: states }),
    };
    const keyOf = ({ dag_id, dag_run_id }: Row) => `${dag_id}/${dag_run_id}`;
    let total = 0;
    const rows = this.#list(path`/dags/${dag}/dagRuns`, {
      ...options,
      isWanted: (count) => {
        if (changedSince !== undefined) return count <= longestList;
        if (since === undefined || until === undefined || until - since < 2 || count <= longestList) return true;
        // Runs that have not started may be in every part: then it is no use.
        if (count > longest) return true;
        total = count;
        return false;
      },
      field: 'dag_runs',
      schema: runSchema,
      query,
      keyOf,
    });
    for await (const run of rows) {
      const startedAt = Date.parse(run.start_date ?? '');
      if (
        startedAt < (since ?? startedAt) ||
        startedAt > (until ?? startedAt) ||
        states?.includes(run.state) === false
      ) {
        throw new VerdictError('Airflow does not look at the filters of runs', {
          verdict: 'fatal',
          hint: 'Something between here and Airflow may drop the query of requests.',
        });
      }
      if (startedAt !== until) yield run;
    }
    if (total === 0 || since === undefined || until === undefined) return;
    const parts = Math.min(mostParts, Math.ceil(total / longestList) + 1, until - since);
    const edges = Array.from(
      { length: parts + 1 },
      (_, index) => since + Math.floor(((until - since) * index) / parts),
    );
    for (const [index, from] of edges.slice(0, -1).entries()) {
      yield* this.#runsOf({ ...search, since: from, until: edges[index + 1]! }, total * shrinking);
    }
  }

  async run(dag: string, id: string, { signal }: Signal): Promise<DagRun | undefined> {
    const { status, body } = await this.#getOfDag(dag, path`/dagRuns/${id}`, { accepted: [404], signal });
    return status === 404 ? undefined : read(runSchema, body, `run ${dag}/${id}`);
  }

  /** The task instances of several runs, in one request or two. */
  async instances(runs: readonly DagRun[], { signal, onUnreadable }: ListOptions): Promise<TaskInstance[]> {
    const body = { dag_ids: distinct(runs, 'dag_id'), dag_run_ids: distinct(runs, 'dag_run_id') };
    let limit = instancesOfBatch;
    for (let round = 1; round <= mostRounds; round += 1) {
      const answer = await this.#get('/dags/~/dagRuns/~/taskInstances/list', {
        method: 'POST',
        repeatable: true,
        body: { ...body, page_limit: limit },
        signal,
      });
      const { rows, total } = pageOf(answer.body, 'task_instances');
      if (rows.length >= total)
        return rows.flatMap((row) => readable(row, { schema: instanceSchema, keyOf: runOf, onUnreadable }));
      limit = total + instancesOfBatch;
    }
    throw new VerdictError('Airflow shows fewer task instances than it counts', { verdict: 'skip' });
  }

  /** The task instances of one run by the older request, without `rendered_fields` on 3.1 (Airflow fact 18). */
  instancesOf({ dag_id, dag_run_id }: DagRun, options: ListOptions): AsyncGenerator<TaskInstance> {
    const keyOf = ({ task_id, map_index }: Row) => `${task_id}/${map_index}`;
    const size = this.#server?.dialect.instancesPage ?? pageSize;
    return this.#list(path`/dags/${dag_id}/dagRuns/${dag_run_id}/taskInstances`, {
      ...options,
      field: 'task_instances',
      schema: instanceSchema,
      size,
      keyOf,
    });
  }

  /** When each try of a task instance started. */
  async tryStarts(instance: TaskInstance, { signal }: Signal): Promise<number[]> {
    const { dag_id, dag_run_id, task_id, map_index } = instance;
    const of = path`/dagRuns/${dag_run_id}/taskInstances/${task_id}`;
    const index = map_index === null || map_index === undefined || map_index < 0 ? '' : `/${map_index}`;
    const { status, body } = await this.#getOfDag(dag_id, `${of}${index}/tries`, { accepted: [404], signal });
    if (status === 404) return [];
    const { task_instances } = read(triesSchema, body, `the tries of task ${task_id}`);
    return task_instances.map(({ start_date }) => Date.parse(start_date ?? '')).filter((start) => !Number.isNaN(start));
  }

  async *assets(options: ListOptions): AsyncGenerator<Asset> {
    const { dialect } = await this.server(options);
    const keyOf = ({ uri }: Row) => String(uri);
    yield* this.#list(dialect.assets.path, { ...options, field: dialect.assets.field, schema: assetSchema, keyOf });
  }

  /** The latest hundred times that a DAG has written an asset, or that somebody has written this asset. */
  async assetEvents(of: { dag: string } | { asset: number }, options: ListOptions): Promise<AssetEvent[]> {
    const { dialect } = await this.server(options);
    const { path: where, events: field, eventsOf } = dialect.assets;
    const query = {
      ...('dag' in of ? { source_dag_id: of.dag } : { [eventsOf]: of.asset }),
      order_by: '-timestamp',
      limit: pageSize,
    };
    const { body } = await this.#get(`${where}/events`, { query, signal: options.signal });
    const { rows } = pageOf(body, field);
    const keyOf = ({ id }: Row) => `asset event ${id}`;
    return rows.flatMap((row) => readable(row, { ...options, schema: assetEventSchema, keyOf }));
  }

  importErrors(options: ListOptions): AsyncGenerator<ImportError> {
    const keyOf = ({ import_error_id }: Row) => String(import_error_id);
    return this.#list('/importErrors', { ...options, field: 'import_errors', schema: importErrorSchema, keyOf });
  }

  /** Edges between DAGs and assets; `undefined` where the version has no such page. */
  async dependencies({ signal }: Signal): Promise<Dependencies | undefined> {
    const { dialect } = await this.server({ signal });
    if (dialect.dependencies === undefined) return undefined;
    const { body } = await this.#send({ path: dialect.dependencies, signal });
    return read(dependenciesSchema, body, dialect.dependencies);
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  async *#list<T>(
    where: string,
    {
      field,
      schema,
      query = {},
      size = pageSize,
      keyOf,
      isWanted = () => true,
      signal,
      onUnreadable,
    }: ListOptions & {
      field: string;
      schema: z.ZodType<T>;
      query?: HttpRequest['query'] & object;
      size?: number;
      keyOf: (row: Row) => string;
      /** Is told how many rows there are; if they are not wanted none is yielded. */
      isWanted?: (total: number) => boolean;
    },
  ): AsyncGenerator<T> {
    const seen = new Set<string>();
    for (let round = 1; round <= mostRounds; round += 1) {
      let total = 0;
      for (let offset = 0; ; ) {
        const page = await this.#get(where, { query: { ...query, limit: size, offset }, signal });
        const { rows, total: counted } = pageOf(page.body, field);
        total = counted;
        if (round === 1 && offset === 0 && !isWanted(total)) return;
        for (const row of rows) {
          const key = keyOf(row);
          if (seen.has(key)) continue;
          seen.add(key);
          yield* readable(row, { schema, keyOf, onUnreadable });
        }
        offset += rows.length;
        if (rows.length === 0 || offset >= total) break;
      }
      // Rows that come and go while pages are read shift the others: then it is read again.
      if (seen.size >= total) return;
    }
    throw new VerdictError(`Airflow counts more rows than it shows: ${field}`, {
      verdict: 'retry',
      hint: 'The list may have changed all the time while it was read. Try again.',
    });
  }

  /** Below a DAG. That a user may not read one DAG says nothing of the others. */
  async #getOfDag(dag: string, where: string, request: Omit<HttpRequest, 'path'>): Promise<HttpResponse> {
    try {
      return await this.#get(path`/dags/${dag}` + where, request);
    } catch (error) {
      const cause = error instanceof VerdictError ? error.cause : undefined;
      if (!isForbidden(cause)) throw error;
      const hint = `Give the user the right to read the DAG ${dag}, its runs and its task instances.`;
      throw new VerdictError(cause.message, { verdict: 'skip', hint, cause });
    }
  }

  async #get(where: string, request: Omit<HttpRequest, 'path'>): Promise<HttpResponse> {
    const { dialect } = await this.server({ signal: request.signal! });
    return this.#send({ ...request, path: dialect.root + where });
  }

  async #send(request: HttpRequest): Promise<HttpResponse> {
    for (let attempt = 1; ; attempt += 1) {
      const signedIn = this.#signIn(request.signal!);
      const authorization = await signedIn;
      try {
        return await this.#http.request({ ...request, ...(authorization && { headers: { authorization } }) });
      } catch (error) {
        if (!isBadToken(error)) throw isForbidden(error) ? lacksRight(error) : error;
        if (this.#authorization === signedIn) this.#authorization = undefined;
        // One that the server itself gave may have run out meanwhile.
        if (attempt === 1 && this.#auth.kind === 'password' && this.#server?.dialect.signIn === 'token') continue;
        throw refused(error as Error, this.#auth, this.#server?.dialect);
      }
    }
  }

  #signIn(signal: AbortSignal): Promise<string> {
    this.#authorization ??= this.#newAuthorization(signal);
    const authorization = this.#authorization;
    authorization.catch(() => {
      if (this.#authorization === authorization) this.#authorization = undefined;
    });
    return authorization;
  }

  async #newAuthorization(signal: AbortSignal): Promise<string> {
    const auth = this.#auth;
    if (auth.kind === 'none') return '';
    if (auth.kind === 'token') return `Bearer ${auth.token}`;
    const { username, password } = auth;
    const { dialect } = await this.server({ signal });
    if (dialect.signIn === 'basic') {
      const encoded = Buffer.from(`${username}:${password}`).toString('base64');
      this.#redactor.add(encoded);
      return `Basic ${encoded}`;
    }
    const signIn = this.#http.request({
      method: 'POST',
      path: '/auth/token',
      body: { username, password },
      repeatable: true,
      accepted: [404, 405],
      signal,
    });
    const { status, body } = await signIn.catch((error: unknown) => {
      throw isBadToken(error) ? refused(error as Error, auth, dialect) : error;
    });
    if (status >= 400) {
      throw new VerdictError('This Airflow gives no token for a user name: it has no /auth/token', {
        verdict: 'fatal',
        hint: 'Its auth manager signs in elsewhere. Give `token` instead of `username` and `password`.',
      });
    }
    const { access_token: token } = read(tokenSchema, body, '/auth/token');
    this.#redactor.add(token);
    return `Bearer ${token}`;
  }
}

/** A wrong or expired token is 401, or 403 with these words on 3.x, where 403 also is a missing right (Airflow fact 2). */
function isBadToken(error: unknown): boolean {
  if (!isHttpError(error)) return false;
  return error.status === 401 || (error.status === 403 && /invalid jwt|token/i.test(error.body ?? ''));
}

const isForbidden = (error: unknown): error is Error => isHttpError(error) && error.status === 403;

const lacksRight = (cause: Error): VerdictError =>
  new VerdictError(cause.message, {
    verdict: 'fatal',
    hint: 'This user lacks a right. The role `Viewer` is enough.',
    cause,
  });

function refused(cause: Error, auth: AirflowAuth, dialect: Dialect | undefined): VerdictError {
  const backend =
    dialect?.signIn === 'basic'
      ? ' Airflow 2 takes them where `[api] auth_backends` has airflow.api.auth.backend.basic_auth.'
      : '';
  const hint = {
    none: 'Airflow wants a sign-in: give `username` and `password`, or `token`.',
    token: 'Check `token`: it may have expired, or be of another server.',
    password: `Check \`username\` and \`password\`.${backend}`,
  }[auth.kind];
  return new VerdictError(cause.message, { verdict: 'fatal', hint, cause });
}

function bounds({ since, until }: { since?: number | undefined; until?: number | undefined }) {
  return {
    ...(since !== undefined && { start_date_gte: new Date(since).toISOString() }),
    // 2.x knows no `lt`, and ignores nothing that it does not know (Airflow fact 32).
    ...(until !== undefined && { start_date_lte: new Date(until).toISOString() }),
  };
}

const runOf = ({ dag_id, dag_run_id }: Row): string => `${dag_id}/${dag_run_id}`;

const distinct = <K extends 'dag_id' | 'dag_run_id'>(runs: readonly DagRun[], key: K): string[] => [
  ...new Set(runs.map((run) => run[key])),
];

function pageOf(body: unknown, field: string): { rows: Row[]; total: number } {
  const { [field]: rows, total_entries: total } = (body ?? {}) as Row;
  if (!Array.isArray(rows) || typeof total !== 'number') {
    throw new VerdictError(`Airflow's answer has no ${field} with a total`, { verdict: 'skip' });
  }
  return { rows: rows.map((row) => (typeof row === 'object' && row !== null ? (row as Row) : {})), total };
}

function readable<T>(
  row: Row,
  {
    schema,
    keyOf,
    onUnreadable,
  }: { schema: z.ZodType<T>; keyOf: (row: Row) => string; onUnreadable: ListOptions['onUnreadable'] },
): T[] {
  const result = schema.safeParse(row);
  if (result.success) return [result.data];
  onUnreadable({ ref: keyOf(row), error: unreadable(keyOf(row), result.error) });
  return [];
}

function read<T>(schema: z.ZodType<T>, body: unknown, what: string): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw unreadable(what, result.error);
}

/** Names the fields and not what they hold. */
function unreadable(what: string, error: z.ZodError): VerdictError {
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  return new VerdictError(
    `Airflow's answer about ${what} makes no sense: ${where === '' ? '' : `${where}: `}${issue?.message}`,
    {
      verdict: 'skip',
      cause: error,
    },
  );
}
