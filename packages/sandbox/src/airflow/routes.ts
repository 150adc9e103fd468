import type { ServerAnswer } from '../http-server.js';
import type { AirflowAnswer } from '../types.js';
import { AirflowRefusal, detail, invalid, ok, problem } from './answers.js';
import { type Item, isLike, select, timeOf } from './lists.js';
import { checkNamesOfTwo, ofBody, ofQuery, type Parameters, readFlag, readWanted } from './request.js';
import {
  assetShape,
  dagShape2,
  dagShape3,
  eventShape,
  instanceShape2,
  instanceShape3,
  type ListShape,
  runShape2,
  runShape3,
  tagsOf,
} from './shapes.js';
import type { AirflowState } from './state.js';

export interface AirflowRequest {
  query: URLSearchParams;
  /** What stood where the pattern has `{}`, decoded. */
  params: readonly string[];
  body: unknown;
  /** Without the query, as it was sent. */
  path: string;
}

export interface AirflowRoute {
  method: 'GET' | 'POST';
  /** Below `/api/v1/` or `/api/v2/`, with `{}` for one segment. Earlier routes win. */
  pattern: string;
  /** Needs no sign-in. */
  open?: boolean;
  handle: (state: AirflowState, request: AirflowRequest) => ServerAnswer;
}

const runStates = ['queued', 'running', 'success', 'failed'];
const runTypes = ['backfill', 'scheduled', 'manual', 'asset_triggered'];
const instanceStates = [
  'removed',
  'scheduled',
  'queued',
  'running',
  'success',
  'restarting',
  'failed',
  'up_for_retry',
  'up_for_reschedule',
  'upstream_failed',
  'skipped',
  'deferred',
];

const given = ({ status, body }: AirflowAnswer): ServerAnswer => {
  if (status === 200) return ok(body);
  throw new AirflowRefusal(status, body);
};

function dagOf(state: AirflowState, id: string): AirflowState['dataset']['dags'][number] {
  const found = state.dags.get(id);
  if (found) return found;
  throw state.manner.three
    ? detail(404, `The Dag with ID: \`${id}\` was not found`)
    : problem(404, `The DAG with dag_id: ${id} was not found`, 'DAG not found');
}

interface Listing {
  shape: ListShape;
  items: readonly Item[];
  parameters: Parameters;
  known?: Record<string, readonly string[]>;
  /** More that an item has to be. */
  also?: ((item: Item) => boolean)[];
  show?: (item: Item) => unknown;
  /** What Airflow 2 knows besides what the shape has. */
  names?: readonly string[];
  /** On Airflow 2, which has none for this list. */
  largestPage?: false;
}

function list(state: AirflowState, listing: Listing): ServerAnswer {
  const { shape, items, parameters, known = {}, also = [], show, names = [], largestPage } = listing;
  const { three } = state.manner;
  if (!three) checkNamesOfTwo(shape, parameters, names);
  const isBounded = parameters.where === 'query' && (three || largestPage !== false);
  const manner = isBounded
    ? state.manner
    : { three, defaultLimit: parameters.where === 'body' ? 100 : state.manner.defaultLimit };
  const wanted = readWanted(shape, parameters, { manner, known, now: state.now() * 1000 });
  const { rows, total } = select(items, { ...wanted, filters: [...also, ...wanted.filters] });
  return ok({ [shape.field]: show ? rows.map(show) : rows, total_entries: total });
}

function dagShapeWithRuns(state: AirflowState): ListShape {
  const last = (dag: Item): Item | undefined => state.runs.filter((run) => run.dag_id === dag.dag_id).at(-1);
  return {
    ...dagShape3,
    orders: {
      ...dagShape3.orders,
      last_run_state: (dag) => last(dag)?.state,
      last_run_start_date: (dag) => timeOf(last(dag)?.start_date),
    },
  };
}

function listDags(state: AirflowState, { query }: AirflowRequest): ServerAnswer {
  const { manner } = state;
  const parameters = ofQuery(query);
  const also: Listing['also'] = [];
  const stale = (dag: Item): boolean => (manner.three ? dag.is_stale === true : dag.is_active === false);
  if (readFlag(parameters, manner.three ? 'exclude_stale' : 'only_active', manner) ?? true)
    also.push((dag) => !stale(dag));
  const paused = readFlag(parameters, 'paused', manner);
  if (paused !== undefined) also.push((dag) => dag.is_paused === paused);
  // Airflow 2 takes commas for separators.
  const tags = query.getAll('tags').flatMap((text) => (manner.three ? [text] : text.split(',')));
  const every = manner.three && query.get('tags_match_mode') === 'all';
  if (tags.length > 0)
    also.push((dag) =>
      every ? tags.every((tag) => tagsOf(dag).includes(tag)) : tags.some((tag) => tagsOf(dag).includes(tag)),
    );
  if (manner.three) also.push(...filtersOfThree(state, query));
  const fields = manner.three ? [] : query.getAll('fields').flatMap((text) => text.split(','));
  return list(state, {
    shape: manner.three ? dagShapeWithRuns(state) : dagShape2,
    names: ['only_active', 'paused', 'tags', 'fields'],
    items: state.dataset.dags.map(({ dag }) => dag),
    parameters,
    also,
    ...(fields.length > 0 ? { show: (dag: Item) => Object.fromEntries(fields.map((name) => [name, dag[name]])) } : {}),
  });
}

/** Names and uris of the assets that set off a DAG. */
function assetsOf(state: AirflowState, dagId: unknown): unknown[] {
  const sets = (asset: Item): boolean =>
    ((asset.scheduled_dags ?? []) as Item[]).some((reference) => reference.dag_id === dagId);
  return state.dataset.assets.filter(sets).flatMap(({ name, uri }) => [name, uri]);
}

function filtersOfThree(state: AirflowState, query: URLSearchParams): ((dag: Item) => boolean)[] {
  const parameters = ofQuery(query);
  const filters: ((dag: Item) => boolean)[] = [];
  const owners = query.getAll('owners');
  if (owners.length > 0)
    filters.push((dag) => owners.some((owner) => isLike((dag.owners as string[]).join(', '), owner)));
  const scheduled = readFlag(parameters, 'has_asset_schedule', state.manner);
  if (scheduled !== undefined) filters.push((dag) => assetsOf(state, dag.dag_id).length > 0 === scheduled);
  const wanted = query.get('asset_dependency');
  if (wanted !== null) filters.push((dag) => assetsOf(state, dag.dag_id).some((text) => isLike(text, wanted)));
  // Nobody has marked a DAG as a favourite.
  const favourite = readFlag(parameters, 'is_favorite', state.manner);
  if (favourite === true) filters.push(() => false);
  const mode = query.get('tags_match_mode');
  if (mode !== null && mode !== 'any' && mode !== 'all')
    throw invalid({
      type: 'literal_error',
      loc: ['query', 'tags_match_mode'],
      msg: "Input should be 'any' or 'all'",
      input: mode,
      ctx: { expected: "'any' or 'all'" },
    });
  const states = query.getAll('dag_run_state');
  if (states.some((each) => !runStates.includes(each)))
    throw detail(422, `Invalid value for state. Valid values are ${runStates.join(', ')}`);
  if (states.length > 0)
    filters.push((dag) => state.runs.some((run) => run.dag_id === dag.dag_id && states.includes(String(run.state))));
  const broken = readFlag(parameters, 'has_import_errors', state.manner);
  if (broken !== undefined) filters.push((dag) => dag.has_import_errors === broken);
  const lastState = query.get('last_dag_run_state');
  if (lastState !== null) {
    if (!runStates.includes(lastState))
      throw detail(422, `Invalid value for state. Valid values are ${runStates.join(', ')}`);
    filters.push((dag) => state.runs.filter((run) => run.dag_id === dag.dag_id).at(-1)?.state === lastState);
  }
  return filters;
}

function runsOf(state: AirflowState, id: string): readonly Item[] {
  if (id === '~') return state.runs;
  if (state.manner.three) dagOf(state, id);
  return state.runs.filter((run) => run.dag_id === id);
}

const knownOfRuns = { state: runStates, run_type: runTypes };

function listRuns(state: AirflowState, { query, params: [dagId = ''] }: AirflowRequest): ServerAnswer {
  const { three } = state.manner;
  const fields = three ? [] : query.getAll('fields').flatMap((text) => text.split(','));
  return list(state, {
    shape: three ? runShape3 : runShape2,
    names: ['fields'],
    items: runsOf(state, dagId),
    parameters: ofQuery(query),
    known: three ? knownOfRuns : {},
    ...(fields.length > 0 ? { show: (run: Item) => Object.fromEntries(fields.map((name) => [name, run[name]])) } : {}),
  });
}

function bodyOf(request: AirflowRequest, three: boolean): Item {
  const { body } = request;
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Item;
  throw three
    ? detail(422, [{ type: 'json_invalid', loc: ['body', 1], msg: 'JSON decode error', input: {} }])
    : problem(400, 'Request body is not valid JSON');
}

/** Airflow 3 refuses what it doesn't know in a body, also what it knows in a query. */
function checkNames(body: Item, shape: ListShape, more: readonly string[]): void {
  const ranges = [...Object.keys(shape.times), ...Object.keys(shape.numbers ?? {})].filter(
    (name) => name !== 'updated_at',
  );
  const known = new Set([
    ...['order_by', 'page_limit', 'page_offset', 'dag_ids', ...more],
    ...ranges.flatMap((name) => ['gte', 'gt', 'lte', 'lt'].map((end) => `${name}_${end}`)),
  ]);
  const strange = Object.keys(body).find((name) => !known.has(name));
  if (strange !== undefined)
    throw invalid({
      type: 'extra_forbidden',
      loc: ['body', strange],
      msg: 'Extra inputs are not permitted',
      input: body[strange],
    });
}

const ids = (body: Item, name: string): string[] | undefined => {
  const value = body[name];
  return Array.isArray(value) && value.length > 0 ? value.map(String) : undefined;
};

function among(body: Item, pairs: readonly (readonly [parameter: string, field: string])[]): Listing['also'] {
  return pairs.flatMap(([parameter, field]) => {
    const wanted = ids(body, parameter);
    return wanted ? [(item: Item) => wanted.includes(String(item[field]))] : [];
  });
}

function postRuns(state: AirflowState, request: AirflowRequest): ServerAnswer {
  const { three } = state.manner;
  const body = bodyOf(request, three);
  if (!three && request.params[0] !== '~') throw problem(405, null);
  if (three && request.params[0] !== '~')
    throw invalid({
      type: 'literal_error',
      loc: ['path', 'dag_id'],
      msg: "Input should be '~'",
      input: request.params[0],
      ctx: { expected: "'~'" },
    });
  if (three) checkNames(body, runShape3, ['states']);
  return list(state, {
    shape: three ? runShape3 : runShape2,
    names: ['states', 'dag_ids'],
    items: state.runs,
    parameters: ofBody(body),
    known: three ? knownOfRuns : {},
    also: among(body, [['dag_ids', 'dag_id']]) ?? [],
  });
}

function listInstances(state: AirflowState, { query, params }: AirflowRequest): ServerAnswer {
  const { three } = state.manner;
  const [dagId = '', runId = ''] = params;
  if (three && runId !== '~' && !state.runs.some((run) => run.dag_run_id === runId))
    throw detail(404, `DagRun with run_id: \`${runId}\` was not found`);
  if (three && dagId !== '~') dagOf(state, dagId);
  const group = three ? query.get('task_group_id') : null;
  if (!three && query.getAll('state').some((each) => each !== 'none' && !instanceStates.includes(each)))
    throw problem(500, null);
  return list(state, {
    shape: three ? instanceShape3 : instanceShape2,
    items: state.taskInstances,
    // What the templates of a task became is in single task instances and in those of a POST.
    ...(three ? { show: (item: Item) => ({ ...item, rendered_fields: {} }) } : {}),
    parameters: ofQuery(query),
    known: three ? { state: instanceStates } : {},
    largestPage: false,
    also: [
      ...(group === null ? [] : [(item: Item) => String(item.task_id).startsWith(`${group}.`)]),
      (item) => dagId === '~' || item.dag_id === dagId,
      (item) => runId === '~' || item.dag_run_id === runId,
    ],
  });
}

function postInstances(state: AirflowState, request: AirflowRequest): ServerAnswer {
  const { three } = state.manner;
  const body = bodyOf(request, three);
  if (three) checkNames(body, instanceShape3, ['dag_run_ids', 'task_ids', 'state', 'pool', 'queue', 'executor']);
  return list(state, {
    shape: three ? instanceShape3 : instanceShape2,
    items: state.taskInstances,
    parameters: ofBody(body),
    names: ['dag_ids', 'dag_run_ids', 'task_ids'],
    known: { state: instanceStates },
    also:
      among(body, [
        ['dag_ids', 'dag_id'],
        ['dag_run_ids', 'dag_run_id'],
        ['task_ids', 'task_id'],
      ]) ?? [],
  });
}

function oneInstance(state: AirflowState, { params }: AirflowRequest): ServerAnswer {
  const [dagId, runId, taskId, index = '-1'] = params;
  const found = state.taskInstances.find(
    (item) =>
      item.dag_id === dagId && item.dag_run_id === runId && item.task_id === taskId && String(item.map_index) === index,
  );
  if (found) return ok(found);
  const mapped = state.taskInstances.some(
    (item) => item.dag_id === dagId && item.dag_run_id === runId && item.task_id === taskId,
  );
  if (!state.manner.three)
    throw mapped
      ? problem(404, 'Task instance is mapped, add the map_index value to the URL', 'Task instance not found')
      : problem(404, null, 'Task instance not found');
  if (mapped && index === '-1') throw detail(404, 'Task instance is mapped, add the map_index value to the URL');
  throw detail(
    404,
    index === '-1'
      ? `The Task Instance with dag_id: \`${dagId}\`, run_id: \`${runId}\` and task_id: \`${taskId}\` was not found`
      : `The Mapped Task Instance with dag_id: \`${dagId}\`, run_id: \`${runId}\`, task_id: \`${taskId}\`, and map_index: \`${index}\` was not found`,
  );
}

function oneRun(state: AirflowState, { params: [dagId = '', runId = ''] }: AirflowRequest): ServerAnswer {
  const found = state.runs.find((run) => run.dag_id === dagId && run.dag_run_id === runId);
  if (found) return ok(found);
  throw state.manner.three
    ? detail(404, `The DagRun with dag_id: \`${dagId}\` and run_id: \`${runId}\` was not found`)
    : problem(404, `DAGRun with DAG ID: '${dagId}' and DagRun ID: '${runId}' not found`, 'DAGRun not found');
}

function listAssets(state: AirflowState, { query }: AirflowRequest): ServerAnswer {
  const wanted = query.getAll('dag_ids').flatMap((text) => text.split(','));
  const uses = (asset: Item, name: string): unknown[] =>
    ((asset[name] ?? []) as Item[]).map((reference) => reference.dag_id);
  const names = ['scheduled_dags', 'producing_tasks', 'consuming_tasks', 'consuming_dags'];
  const also =
    wanted.length > 0
      ? [(asset: Item) => names.some((name) => uses(asset, name).some((id) => wanted.includes(String(id))))]
      : [];
  const shape = state.manner.three
    ? assetShape
    : { ...assetShape, field: 'datasets', patterns: { uri_pattern: (asset: Item) => asset.uri } };
  const answer = list(state, {
    shape,
    items: state.dataset.assets,
    parameters: ofQuery(query),
    also,
    names: ['dag_ids'],
  });
  // Airflow 2 counts all of them, whatever the filter.
  if (!state.manner.three) (answer.json as Item).total_entries = state.dataset.assets.length;
  return answer;
}

function listEvents(state: AirflowState, { query }: AirflowRequest): ServerAnswer {
  const { choices = {}, orders } = eventShape;
  const shape = state.manner.three
    ? eventShape
    : {
        ...eventShape,
        field: 'dataset_events',
        times: {},
        choices: { ...choices, dataset_id: (event: Item) => event.dataset_id },
        orders,
      };
  return list(state, { shape, items: state.dataset.assetEvents, parameters: ofQuery(query) });
}

const ofDag =
  (part: 'details' | 'tasks' | 'versions') =>
  (state: AirflowState, { params: [id = ''] }: AirflowRequest): ServerAnswer => {
    const answer = dagOf(state, id)[part];
    return answer ? given(answer) : ok({ dag_versions: [], total_entries: 0 });
  };

function oneDag(state: AirflowState, { params: [id = ''] }: AirflowRequest): ServerAnswer {
  return ok(dagOf(state, id).dag);
}

function oneTask(state: AirflowState, { params: [id = '', taskId = ''] }: AirflowRequest): ServerAnswer {
  const answer = dagOf(state, id).tasks;
  const tasks = ((answer.body as Item).tasks ?? []) as Item[];
  const found = tasks.find((task) => task.task_id === taskId);
  if (found) return ok(found);
  throw state.manner.three
    ? detail(404, `Task with id ${taskId} was not found`)
    : problem(404, `Task with id ${taskId} was not found`, 'Task not found');
}

const oneOf =
  (key: 'assets' | 'importErrors', field: string, missing: (id: string, three: boolean) => Error) =>
  (state: AirflowState, { params: [id = ''] }: AirflowRequest): ServerAnswer => {
    const found = state.dataset[key].find((item) => String(item[field]) === id);
    if (found) return ok(found);
    throw missing(id, state.manner.three);
  };

const listErrors = (state: AirflowState, { query }: AirflowRequest): ServerAnswer =>
  list(state, {
    shape: {
      field: 'import_errors',
      times: {},
      orders: Object.fromEntries(
        ['import_error_id', 'id', 'timestamp', 'filename', 'stack_trace'].map((name) => [
          name,
          (item: Item) => item[name === 'id' ? 'import_error_id' : name],
        ]),
      ),
      defaultOrder: 'import_error_id',
    },
    items: state.dataset.importErrors,
    parameters: ofQuery(query),
  });

/** Answered as recorded of this path, whatever the query. */
export function recordedAnswer(
  state: AirflowState,
  { path, query }: Pick<AirflowRequest, 'path' | 'query'>,
): ServerAnswer | undefined {
  const { answers } = state.dataset;
  const text = query.toString();
  const found = answers[text ? `${path}?${text}` : path] ?? answers[path];
  return found && given(found);
}

export function routesOf(three: boolean): AirflowRoute[] {
  const get = (pattern: string, handle: AirflowRoute['handle'], open = false): AirflowRoute => ({
    method: 'GET',
    pattern,
    handle,
    ...(open ? { open } : {}),
  });
  const instance = 'dags/{}/dagRuns/{}/taskInstances';
  const noAsset = (id: string): Error =>
    three
      ? detail(404, `The Asset with ID: \`${id}\` was not found`)
      : problem(404, `The Dataset with uri: \`${id}\` was not found`, 'Dataset not found');
  const noError = (id: string): Error =>
    three
      ? detail(404, `The ImportError with import_error_id: \`${id}\` was not found`)
      : problem(404, `The ImportError with import_error_id: \`${id}\` was not found`, 'Import error not found');
  const fromAnswers = (pattern: string, open = false): AirflowRoute =>
    get(
      pattern,
      (state, request) => {
        const found = recordedAnswer(state, request);
        if (found) return found;
        throw three ? detail(404, 'Not Found') : problem(404, null);
      },
      open,
    );
  const both = [
    fromAnswers('version', true),
    fromAnswers(three ? 'monitor/health' : 'health', true),
    get('dags', listDags),
    get('dags/{}', oneDag),
    get('dags/{}/details', ofDag('details')),
    get('dags/{}/tasks', ofDag('tasks')),
    get('dags/{}/tasks/{}', oneTask),
    get('dags/{}/dagRuns', listRuns),
    get('dags/{}/dagRuns/{}', oneRun),
    { method: 'POST', pattern: 'dags/{}/dagRuns/list', handle: postRuns } as const,
    get(instance, listInstances),
    { method: 'POST', pattern: 'dags/~/dagRuns/~/taskInstances/list', handle: postInstances } as const,
    get(`${instance}/{}`, oneInstance),
    fromAnswers(`${instance}/{}/tries`),
    fromAnswers(`${instance}/{}/listMapped`),
    get(`${instance}/{}/{}`, oneInstance),
    fromAnswers(`${instance}/{}/{}/tries`),
    get('importErrors', listErrors),
    get('importErrors/{}', oneOf('importErrors', 'import_error_id', noError)),
    ...['dagWarnings', 'eventLogs', 'dagStats', 'pools', 'providers', 'plugins', 'config', 'dagTags'].map((path) =>
      fromAnswers(path),
    ),
  ];
  if (!three)
    return [
      ...both,
      get('datasets', listAssets),
      get('datasets/events', listEvents),
      get('datasets/{}', oneOf('assets', 'uri', noAsset)),
      fromAnswers('dags/{}/dagRuns/{}/upstreamDatasetEvents'),
      get('dagSources/{}', (state, { params: [token] }) => {
        const found = state.dataset.dags.find(({ dag }) => dag.file_token === token);
        if (!found) throw problem(404, null, 'Dag source not found');
        return given(found.source);
      }),
    ];
  return [
    ...both,
    get('assets', listAssets),
    get('assets/events', listEvents),
    fromAnswers('assets/aliases'),
    get('assets/{}', oneOf('assets', 'id', noAsset)),
    fromAnswers('dags/{}/dagRuns/{}/upstreamAssetEvents'),
    get('dagSources/{}', (state, { params: [id = ''] }) => {
      const found = state.dags.get(id);
      if (!found) throw detail(404, `The source code of the DAG ${id}, version_number None was not found`);
      return given(found.source);
    }),
    get('dags/{}/dagVersions', ofDag('versions')),
    fromAnswers('dags/{}/dagVersions/{}'),
  ];
}
