import type { ServerAnswer } from '../http-server.js';
import { detail, invalid, ok, problem } from './answers.js';
import { type Listing, list } from './listing.js';
import { type Item, isLike, timeOf } from './lists.js';
import { ofQuery, readFlag } from './request.js';
import { type AirflowRequest, type AirflowRoute, fromAnswers, get, given } from './route.js';
import { dagShape2, dagShape3, type ListShape, tagsOf } from './shapes.js';
import type { AirflowState } from './state.js';

export function dagOf(state: AirflowState, id: string): AirflowState['dataset']['dags'][number] {
  const found = state.dags.get(id);
  if (found) return found;
  throw state.manner.three
    ? detail(404, `The Dag with ID: \`${id}\` was not found`)
    : problem(404, `The DAG with dag_id: ${id} was not found`, 'DAG not found');
}

const runsOf = (state: AirflowState, dag: Item): Item[] => state.runs.filter((run) => run.dag_id === dag.dag_id);

function checkStates({ manner }: AirflowState, states: readonly string[]): void {
  const { state: runStates = [] } = manner.knownOfRuns;
  if (states.some((each) => !runStates.includes(each)))
    throw detail(422, `Invalid value for state. Valid values are ${runStates.join(', ')}`);
}

function dagShapeWithRuns(state: AirflowState): ListShape {
  const last = (dag: Item): Item | undefined => runsOf(state, dag).at(-1);
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
  checkStates(state, states);
  const inState = (run: Item | undefined): boolean => states.includes(String(run?.state));
  if (states.length > 0)
    filters.push((dag) =>
      state.manner.dagRunState === 'any run' ? runsOf(state, dag).some(inState) : inState(runsOf(state, dag).at(-1)),
    );
  const broken = readFlag(parameters, 'has_import_errors', state.manner);
  if (broken !== undefined) filters.push((dag) => dag.has_import_errors === broken);
  const lastState = query.get('last_dag_run_state');
  if (lastState !== null) {
    checkStates(state, [lastState]);
    filters.push((dag) => runsOf(state, dag).at(-1)?.state === lastState);
  }
  return filters;
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

/** On Airflow 2 a source is asked for by its file. */
function source(state: AirflowState, { params: [key = ''] }: AirflowRequest): ServerAnswer {
  if (state.manner.three) {
    const found = state.dags.get(key);
    if (!found)
      throw detail(404, `The source code of the ${state.manner.dagWord} ${key}, version_number None was not found`);
    return given(found.source);
  }
  const found = state.dataset.dags.find(({ dag }) => dag.file_token === key);
  if (!found) throw problem(404, null, 'Dag source not found');
  return given(found.source);
}

export function dagRoutes(three: boolean): AirflowRoute[] {
  const both = [
    get('dags', listDags),
    get('dags/{}', oneDag),
    get('dags/{}/details', ofDag('details')),
    get('dags/{}/tasks', ofDag('tasks')),
    get('dags/{}/tasks/{}', oneTask),
    get('dagSources/{}', source),
  ];
  return three ? [...both, get('dags/{}/dagVersions', ofDag('versions')), fromAnswers('dags/{}/dagVersions/{}')] : both;
}
