import type { ServerAnswer } from '../http-server.js';
import { detail, invalid, ok, problem } from './answers.js';
import { dagOf } from './dag-routes.js';
import { among, bodyOf, checkNames, list } from './listing.js';
import type { Item } from './lists.js';
import { ofBody, ofQuery } from './request.js';
import { type AirflowRequest, type AirflowRoute, fromAnswers, get } from './route.js';
import { type ListShape, runShape2, runShape3, runShapeByDag } from './shapes.js';
import type { AirflowState } from './state.js';

function runsOf(state: AirflowState, id: string): readonly Item[] {
  if (id === '~') return state.runs;
  if (state.manner.three) dagOf(state, id);
  return state.runs.filter((run) => run.dag_id === id);
}

const shapeOf = ({ manner }: AirflowState): ListShape => {
  if (!manner.three) return runShape2;
  return manner.runsByDagPattern ? runShapeByDag : runShape3;
};

function listRuns(state: AirflowState, { query, params: [dagId = ''] }: AirflowRequest): ServerAnswer {
  const { three } = state.manner;
  const fields = three ? [] : query.getAll('fields').flatMap((text) => text.split(','));
  return list(state, {
    shape: shapeOf(state),
    names: ['fields'],
    items: runsOf(state, dagId),
    parameters: ofQuery(query),
    known: state.manner.knownOfRuns,
    ...(fields.length > 0 ? { show: (run: Item) => Object.fromEntries(fields.map((name) => [name, run[name]])) } : {}),
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
    shape: shapeOf(state),
    names: ['states', 'dag_ids'],
    items: state.runs,
    parameters: ofBody(body),
    known: state.manner.knownOfRuns,
    also: among(body, [['dag_ids', 'dag_id']]) ?? [],
  });
}

function oneRun(state: AirflowState, { params: [dagId = '', runId = ''] }: AirflowRequest): ServerAnswer {
  const found = state.runs.find((run) => run.dag_id === dagId && run.dag_run_id === runId);
  if (found) return ok(found);
  throw state.manner.three
    ? detail(404, `The DagRun with dag_id: \`${dagId}\` and run_id: \`${runId}\` was not found`)
    : problem(404, `DAGRun with DAG ID: '${dagId}' and DagRun ID: '${runId}' not found`, 'DAGRun not found');
}

export const runRoutes = (three: boolean): AirflowRoute[] => [
  get('dags/{}/dagRuns', listRuns),
  get('dags/{}/dagRuns/{}', oneRun),
  { method: 'POST', pattern: 'dags/{}/dagRuns/list', handle: postRuns },
  fromAnswers(`dags/{}/dagRuns/{}/upstream${three ? 'Asset' : 'Dataset'}Events`),
];
