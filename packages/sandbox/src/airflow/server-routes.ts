import type { ServerAnswer } from '../http-server.js';
import { detail, problem } from './answers.js';
import { list } from './listing.js';
import type { Item } from './lists.js';
import { ofQuery } from './request.js';
import { type AirflowRequest, type AirflowRoute, fromAnswers, get, oneOf } from './route.js';
import type { AirflowState } from './state.js';

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

const noError = (id: string, three: boolean): Error =>
  three
    ? detail(404, `The ImportError with import_error_id: \`${id}\` was not found`)
    : problem(404, `The ImportError with import_error_id: \`${id}\` was not found`, 'Import error not found');

const others = ['dagWarnings', 'eventLogs', 'dagStats', 'pools', 'providers', 'plugins', 'config', 'dagTags'];

export const serverRoutes = (three: boolean): AirflowRoute[] => [
  { ...fromAnswers('version'), open: true },
  { ...fromAnswers(three ? 'monitor/health' : 'health'), open: true },
  get('importErrors', listErrors),
  get('importErrors/{}', oneOf('importErrors', 'import_error_id', noError)),
  ...others.map(fromAnswers),
];
