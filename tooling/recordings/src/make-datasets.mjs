// Builds what one Kestra server held at one moment (`KestraDataset` of @flowmeta/sandbox) from the packed exchanges:
//   node tooling/recordings/src/make-datasets.mjs
// writes data/datasets/<version>.json.gz and <version>-without-plugins.json.gz, and a trimmed copy of 1.0.3 for the
// published sandbox. The groups `fill-snap-*` and `fill-np-*` are one consistent snapshot each.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, gunzipSync, gzipSync } from 'node:zlib';

const versions = ['0.17.23', '0.20.5', '1.0.3', '2.0.0'];
const withoutPlugins = new Set(['0.20.5', '1.0.3', '2.0.0']);
const demoVersion = '1.0.3';
const data = new URL('../data/', import.meta.url);
const demo = new URL('../../../packages/sandbox/data/', import.meta.url);

const read = (version) =>
  gunzipSync(readFileSync(new URL(`kestra/${version}.ndjson.gz`, data)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const keyOf = (item) => `${item.namespace}/${item.id}`;
const flowOfPath = (path) => path.match(/\/flows\/([^/]+\/[^/]+)/)?.[1];

const contextOf = (item) => item.triggerContext ?? item.state;
const triggerKey = ({ namespace, flowId, triggerId }) => `${namespace}/${flowId}/${triggerId}`;

/** Without plugins a search's total still counts triggers that it cannot show: they are kept without their definition. */
function triggersOf(shown, complete) {
  const seen = new Set(shown.results.map((item) => triggerKey(contextOf(item))));
  const hidden = complete.results
    .filter((item) => !seen.has(triggerKey(contextOf(item))))
    .map(({ trigger, abstractTrigger, ...context }) => context);
  return shown.results.length < shown.total ? [...shown.results, ...hidden] : shown.results;
}

function dataset(version, prefix) {
  const exchanges = read(version);
  const group = (name) => exchanges.filter((exchange) => exchange.file.split('_')[1] === name);
  const answers = (name) => group(name).filter((exchange) => exchange.response.status === 200);
  const snapshot = (name) => answers(`${prefix}-${name}`);

  const sources = new Map(snapshot('flow').map(({ response }) => [keyOf(response.body), response.body.source]));
  const graphs = new Map(group(`${prefix}-graph`).map((each) => [flowOfPath(each.request.path), each.response]));
  // The topology is a table of the database, which the servers without plugins shared with those that have them.
  const dependencies = new Map(
    answers('fill-snap-flow-deps').map((each) => [flowOfPath(each.request.path), each.response.body]),
  );
  const flows = snapshot('flows')
    .flatMap(({ response }) => response.body.results)
    .map((flow) => {
      const key = keyOf(flow);
      const { status, body } = graphs.get(key);
      return {
        flow,
        source: sources.get(key),
        graph: { status, body },
        ...(dependencies.has(key) ? { dependencies: dependencies.get(key) } : {}),
      };
    });

  // The searches name every execution of the moment. The servers without plugins ran on the same database, so what was not
  // fetched by id there is taken from the snapshot with plugins (those fetched twice are equal).
  const byId = new Map(
    [...answers('fill-snap-execution'), ...snapshot('execution')].map(({ response }) => [
      response.body.id,
      response.body,
    ]),
  );
  const listed = [...snapshot('execs'), ...snapshot('loops')].flatMap(({ response }) => response.body.results);
  const executions = [...new Set(listed.map(({ id }) => id))].map((id) => byId.get(id));
  const outputs = Object.fromEntries(
    answers('fill-snap-outputs').map(({ request, response }) => [request.path.split('/').at(-1), response.body]),
  );
  const namespaces = answers('ns')
    .filter(({ request }) => request.path.endsWith('/namespaces/search') && request.query.includes('existing'))
    .flatMap(({ response }) => response.body.results);
  return {
    version,
    takenAt: snapshot('configs')[0].at,
    configs: snapshot('configs')[0].response.body,
    flows,
    executions,
    ...(Object.keys(outputs).length > 0 ? { outputs } : {}),
    triggers: triggersOf(snapshot('triggers')[0].response.body, answers('fill-snap-triggers')[0].response.body),
    plugins: snapshot('plugins').at(-1).response.body,
    ...(namespaces.length > 0 ? { namespaces } : {}),
  };
}

/** Without what only that one server knows: its address, log files on its disk, the ids of its workers. */
function trimmed(value, key) {
  if (Array.isArray(value)) return value.map((item) => trimmed(item));
  if (value && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => !['workerId', 'logFile', 'uuid', 'resourceToFilters'].includes(name))
        .map(([name, item]) => [name, trimmed(item, name)]),
    );
  return key === 'url' && typeof value === 'string' && value.startsWith('http://127.0.0.1') ? undefined : value;
}

function write(target, folder, name) {
  mkdirSync(folder, { recursive: true });
  const packed = gzipSync(JSON.stringify(target), { level: constants.Z_BEST_COMPRESSION });
  writeFileSync(new URL(`${name}.json.gz`, folder), packed);
  const { flows, executions } = target;
  console.log(`${name}: ${flows.length} flows, ${executions.length} executions, ${packed.length} bytes`);
}

for (const version of versions) {
  const complete = dataset(version, 'fill-snap');
  write(complete, new URL('datasets/', data), version);
  if (withoutPlugins.has(version))
    write(dataset(version, 'fill-np'), new URL('datasets/', data), `${version}-without-plugins`);
  if (version === demoVersion) write(trimmed(complete), demo, 'demo-dataset');
}
