// Makes of each recorded Airflow what the server held: the `AirflowDataset` of @flowmeta/sandbox.
//   node tooling/recordings/src/make-airflow-datasets.mjs
// Writes data/airflow-datasets/<version>.json.gz, and packages/sandbox/data/airflow-2.json.gz and airflow-3.json.gz, which are published.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, gunzipSync, gzipSync } from 'node:zlib';

const data = new URL('../data/', import.meta.url);
const sandbox = new URL('../../../packages/sandbox/data/', import.meta.url);
const lines = (path) =>
  gunzipSync(readFileSync(new URL(path, data)))
    .toString('utf8')
    .trimEnd()
    .split('\n');

/** Answered live by the stand-in, or not offered by it. */
const live =
  /^(dags|dags\/[^/]+|dags\/[^/]+\/(details|tasks|tasks\/.*|dagVersions)|dags\/[^/]+\/dagRuns(\/[^/]+)?|dags\/[^/]+\/dagRuns\/[^/]+\/taskInstances(\/[^/]+(\/\d+)?)?|dagSources\/.*|assets(\/\d+)?|assets\/events|datasets(\/.*)?|importErrors(\/.*)?|connections|variables|config.*)$/;

function datasetOf(version) {
  const exchanges = lines(`airflow/${version}.ndjson.gz`)
    .map((line) => JSON.parse(line))
    .filter(({ as }) => as !== 'made up' && as !== 'viewer' && as !== 'stranger');
  const root = version.startsWith('2.') ? '/api/v1/' : '/api/v2/';
  const of = (exchange) => exchange.file.split('_')[1];
  const snap = exchanges.filter((exchange) => of(exchange) === 'snap');
  const at = (path) => {
    const found = snap.find(({ request }) => request.path === root + path);
    return found && { status: found.response.status, body: found.response.body ?? found.response.text };
  };
  const pages = (path, field, among = snap) =>
    among.filter(({ request }) => request.path === root + path).flatMap(({ response }) => response.body[field] ?? []);
  const unique = (items, keyOf) => [...new Map(items.map((item) => [keyOf(item), item])).values()];

  const dags = pages('dags', 'dags').map((dag) => {
    const id = encodeURIComponent(dag.dag_id);
    const versions = at(`dags/${id}/dagVersions`);
    return {
      dag,
      details: at(`dags/${id}/details`),
      tasks: at(`dags/${id}/tasks`),
      source: at(`dagSources/${root.endsWith('v1/') ? dag.file_token : id}`),
      ...(versions ? { versions } : {}),
    };
  });
  const runKey = (run) => `${run.dag_id}/${run.dag_run_id}`;
  const runs = unique(pages('dags/~/dagRuns', 'dag_runs'), runKey);
  const instanceKey = (item) => `${runKey(item)}/${item.task_id}/${item.map_index}`;
  // Only the answers to a POST hold what the templates became; only those to a GET are in the order of the server.
  const rendered = new Map(
    pages('dags/~/dagRuns/~/taskInstances/list', 'task_instances', exchanges).map((item) => [instanceKey(item), item]),
  );
  const taskInstances = unique(pages('dags/~/dagRuns/~/taskInstances', 'task_instances'), instanceKey).map(
    (item) => rendered.get(instanceKey(item)) ?? item,
  );
  const answers = {};
  for (const { request, response } of exchanges) {
    if (request.method !== 'GET') continue;
    const path = request.path.startsWith(root) ? request.path.slice(root.length) : request.path;
    if (path.startsWith('/') && !path.startsWith('/ui/')) continue;
    if (live.test(path) || (response.status !== 200 && response.status !== 404) || response.body === undefined)
      continue;
    const answer = { status: response.status, body: response.body };
    answers[request.query ? `${request.path}?${request.query}` : request.path] ??= answer;
    // The first page of a list is what a request gets that asks for nothing in particular.
    if (/(^|&)offset=0(&|$)/.test(request.query)) answers[request.path] ??= answer;
  }
  const [asset, event] = version.startsWith('2.') ? ['datasets', 'dataset_events'] : ['assets', 'asset_events'];
  return {
    version,
    takenAt: snap.at(-1).at,
    dags,
    runs,
    taskInstances,
    assets: pages(asset, asset),
    assetEvents: pages(`${asset}/events`, event),
    importErrors: pages('importErrors', 'import_errors'),
    answers,
  };
}

const published = ['2.10.5', '3.1.8'];
const versions = readdirSync(new URL('airflow/', data)).map((name) => name.replace('.ndjson.gz', ''));
mkdirSync(new URL('airflow-datasets/', data), { recursive: true });
for (const version of versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
  const dataset = datasetOf(version);
  const packed = gzipSync(JSON.stringify(dataset), { level: constants.Z_BEST_COMPRESSION });
  writeFileSync(new URL(`airflow-datasets/${version}.json.gz`, data), packed);
  if (published.includes(version)) writeFileSync(new URL(`airflow-${version[0]}.json.gz`, sandbox), packed);
  const { dags, runs, taskInstances, assets } = dataset;
  console.log(
    `${version}: ${dags.length} DAGs, ${runs.length} runs, ${taskInstances.length} task instances, ${assets.length} assets, ${packed.length} bytes`,
  );
}
