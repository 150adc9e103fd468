import type { ServerAnswer } from '../http-server.js';
import { detail, ok, problem } from './answers.js';
import { dagOf } from './dag-routes.js';
import { among, bodyOf, checkNames, list } from './listing.js';
import type { Item } from './lists.js';
import { ofBody, ofQuery } from './request.js';
import { type AirflowRequest, type AirflowRoute, fromAnswers, get } from './route.js';
import { instanceShape2, instanceShape3 } from './shapes.js';
import type { AirflowState } from './state.js';

function checkRun(state: AirflowState, dagId: string, runId: string): void {
  const { runOfAnyDag } = state.manner;
  if (!runOfAnyDag && dagId === '~') throw detail(400, 'dag_id is required when dag_run_id is specified');
  if (state.runs.some((run) => run.dag_run_id === runId && (runOfAnyDag || run.dag_id === dagId))) return;
  const which = runOfAnyDag ? '' : `dag_id: \`${dagId}\` and `;
  throw detail(404, `DagRun with ${which}run_id: \`${runId}\` was not found`);
}

function listInstances(state: AirflowState, { query, params }: AirflowRequest): ServerAnswer {
  const { manner } = state;
  const { three } = manner;
  const [dagId = '', runId = ''] = params;
  if (three && runId !== '~') checkRun(state, dagId, runId);
  if (three && dagId !== '~') dagOf(state, dagId);
  const group = three ? query.get('task_group_id') : null;
  if (!three && query.getAll('state').some((each) => each !== 'none' && !manner.taskStates.includes(each)))
    throw problem(500, null);
  return list(state, {
    shape: three ? instanceShape3 : instanceShape2,
    items: state.taskInstances,
    // What the templates of a task became is in single task instances and in those of a POST.
    ...(manner.rendersInLists ? {} : { show: (item: Item) => ({ ...item, rendered_fields: {} }) }),
    parameters: ofQuery(query),
    known: three ? { state: state.manner.taskStates } : {},
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
    known: { state: state.manner.taskStates },
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

const instances = 'dags/{}/dagRuns/{}/taskInstances';

export const taskInstanceRoutes: readonly AirflowRoute[] = [
  get(instances, listInstances),
  { method: 'POST', pattern: 'dags/~/dagRuns/~/taskInstances/list', handle: postInstances },
  get(`${instances}/{}`, oneInstance),
  fromAnswers(`${instances}/{}/tries`),
  fromAnswers(`${instances}/{}/listMapped`),
  get(`${instances}/{}/{}`, oneInstance),
  fromAnswers(`${instances}/{}/{}/tries`),
];
