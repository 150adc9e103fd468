import type { ServerAnswer } from '../http-server.js';
import { detail, problem } from './answers.js';
import { list } from './listing.js';
import type { Item } from './lists.js';
import { ofQuery } from './request.js';
import { type AirflowRequest, type AirflowRoute, fromAnswers, get, oneOf } from './route.js';
import { assetShape, eventShape } from './shapes.js';
import type { AirflowState } from './state.js';

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

const missing = (id: string, three: boolean): Error =>
  three
    ? detail(404, `The Asset with ID: \`${id}\` was not found`)
    : problem(404, `The Dataset with uri: \`${id}\` was not found`, 'Dataset not found');

export const assetRoutes = (three: boolean): AirflowRoute[] =>
  three
    ? [
        get('assets', listAssets),
        get('assets/events', listEvents),
        fromAnswers('assets/aliases'),
        get('assets/{}', oneOf('assets', 'id', missing)),
      ]
    : [
        get('datasets', listAssets),
        get('datasets/events', listEvents),
        get('datasets/{}', oneOf('assets', 'uri', missing)),
      ];
