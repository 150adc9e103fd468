// The look-alike servers of the soak: what Kestra holds changes all the time, and both fail now and then. Talks to its parent by messages.
import { setTimeout as pause } from 'node:timers/promises';
import { generateDataset, startKestraSandbox, startOpenMetadataSandbox } from '@flowmeta/sandbox';

const { seed, flows } = JSON.parse(process.argv[2]);
const hour = 3_600_000;
/** ms between two changes at the source, and between two bouts of faults. */
const changeEvery = 400;
const faultsEvery = 12_000;
const faultsLast = 3_000;

let state = seed;
/** Numbers from 0 to 1, the same for the same seed. */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
const oneOf = (list) => list[Math.floor(random() * list.length)];

const startedAt = new Date(Date.now() - 25 * hour).toISOString();
const { executionStore, ...rest } = generateDataset({ flows, tasks: 4, runs: flows * 10, startedAt });
const dataset = structuredClone({
  ...rest,
  executions: Array.from({ length: executionStore.count }, (_, index) => executionStore.at(index)),
});
const common = { recordRequests: false, now: Date.now, latencyMs: 1 };
const kestra = await startKestraSandbox({ ...common, dataset });
const openMetadata = await startOpenMetadataSandbox({ ...common, version: '1.6' });
const clean = await startOpenMetadataSandbox({ ...common, version: '1.6' });

let changes = 0;
const away = [];
const open = [];
const kinds = {
  startRun() {
    const { id: flowId } = oneOf(dataset.flows).flow;
    const like = dataset.executions.find((execution) => execution.flowId === flowId);
    if (!like || open.length > 20) return;
    const { trigger: _trigger, ...fields } = like;
    const id = `soak${changes}`;
    const startDate = new Date().toISOString();
    const run = { ...fields, id, originalId: id, taskRunList: [] };
    run.state = { current: 'RUNNING', histories: [], startDate };
    dataset.executions.push(run);
    open.push(run);
  },
  endRun() {
    const [run] = open.splice(Math.floor(random() * open.length), 1);
    if (!run) return;
    run.state = {
      ...run.state,
      current: oneOf(['SUCCESS', 'FAILED']),
      endDate: new Date().toISOString(),
      duration: 'PT1S',
    };
  },
  editFlow() {
    oneOf(dataset.flows).flow.description = `Edited ${changes} times`;
  },
  relabelFlow() {
    oneOf(dataset.flows).flow.labels = [{ key: 'team', value: `team${Math.floor(random() * 9)}` }];
  },
  removeFlow() {
    if (away.length > 1) return;
    const [entry] = dataset.flows.splice(Math.floor(random() * dataset.flows.length), 1);
    const isOfIt = ({ flowId }) => flowId === entry.flow.id;
    away.push({ entry, executions: dataset.executions.filter(isOfIt) });
    dataset.executions = dataset.executions.filter((execution) => !isOfIt(execution));
  },
  bringBack() {
    const back = away.shift();
    if (!back) return;
    dataset.flows.push(back.entry);
    dataset.executions.push(...back.executions);
  },
};
/** Runs are what changes most. */
const deck = [
  ...Array(6).fill('startRun'),
  ...Array(6).fill('endRun'),
  'editFlow',
  'relabelFlow',
  'removeFlow',
  'bringBack',
];
const faults = [
  { effect: { kind: 'status', status: 503 } },
  { effect: { kind: 'status', status: 500 }, times: 3 },
  { effect: { kind: 'reset' } },
  { effect: { kind: 'drop' }, times: 5 },
  { effect: { kind: 'half-body' }, times: 3 },
  { effect: { kind: 'html' }, times: 2 },
  { effect: { kind: 'empty-body' }, times: 2 },
  { effect: { kind: 'delay', ms: 500 }, times: 20 },
  { effect: { kind: 'status', status: 401, body: { message: 'Token has expired' } }, times: 2 },
  { effect: { kind: 'status', status: 429, headers: { 'retry-after': '1' } }, times: 3 },
];

let isOver = false;
const timers = new AbortController();
const every = async (ms, work) => {
  while (!isOver) {
    await pause(ms, undefined, { signal: timers.signal }).catch(() => {});
    if (!isOver) await work();
  }
};
let bouts = 0;
const work = [
  every(changeEvery, () => {
    changes += 1;
    kinds[oneOf(deck)]();
    kestra.setDataset(dataset);
  }),
  every(faultsEvery, async () => {
    bouts += 1;
    const server = oneOf([kestra, openMetadata]);
    server.setFaults([{ ...oneOf(faults), after: Math.floor(random() * 5) }]);
    await pause(faultsLast, undefined, { signal: timers.signal }).catch(() => {});
    server.setFaults([]);
  }),
];

/** What a catalog shows, without what differs from one write to the next. */
function shown({ catalog }) {
  const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  const stable = (value) =>
    JSON.stringify(value, (key, inner) => {
      if (/^(?:id|href|sourceHash)$/.test(key)) return undefined;
      return isPlain(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner;
    });
  const pipelines = catalog.pipelines().filter(({ deleted }) => deleted !== true);
  const names = new Set(pipelines.map(({ fullyQualifiedName }) => fullyQualifiedName));
  const texts = pipelines.map((pipeline) => {
    const { version, updatedAt, updatedBy, changeDescription, incrementalChangeDescription, pipelineStatus, ...kept } =
      pipeline;
    const statuses = catalog.statuses(pipeline.fullyQualifiedName).map(stable).sort();
    return stable({ ...kept, statuses });
  });
  const edges = catalog
    .edges()
    .filter(({ from, to }) => names.has(from.fqn) && names.has(to.fqn))
    .map(({ from, to, details }) => `${from.fqn} → ${to.fqn}: ${details.description}`);
  return [...texts, ...edges].sort();
}

process.on('message', async (message) => {
  if (message === 'settle') {
    isOver = true;
    timers.abort();
    await Promise.all(work);
    process.send({
      changes,
      bouts,
      requests: { kestra: kestra.requestCounts(), openMetadata: openMetadata.requestCounts() },
    });
  }
  if (message === 'compare') {
    const [found, expected] = [shown(openMetadata), shown(clean)];
    const extra = found.filter((text) => !expected.includes(text));
    const missing = expected.filter((text) => !found.includes(text));
    process.send({
      items: expected.length,
      extra: extra.slice(0, 3),
      missing: missing.slice(0, 3),
      differences: extra.length + missing.length,
    });
  }
  if (message === 'stop') {
    await Promise.all([kestra.close(), openMetadata.close(), clean.close()]);
    process.disconnect();
  }
});
process.send({ kestra: kestra.url, openMetadata: openMetadata.url, clean: clean.url, token: openMetadata.token });
