import type { Dataset, EntityReference, LineageEdge, Pipeline, Run, RunState } from '@flowmeta/connector';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventsOf } from '../src/index.js';
import { graphOf } from './models.js';
import { problemsOf } from './validation.js';

const text = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'a',
      'b',
      'a.b',
      '__proto__',
      'constructor',
      '*',
      '',
      'é\ud800"\n',
      'a%zz',
      'x@y@z',
      'a:b',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);
const connection = fc.oneof(
  text,
  fc.webUrl({ withQueryParameters: true }),
  fc.constantFrom(
    'jdbc:postgresql://db:5432/shop',
    'jdbc:oracle:thin:@ora:1521:sid',
    'jdbc:snowflake://xy.snowflakecomputing.com',
    'jdbc:sqlite:/data/shop.db',
    "jdbc:mysql://{{ secret('HOST') }}:3306/",
    'k1:9092,k2:9092',
    'io.kestra.plugin.jdbc.Query',
    '//@:/?#',
  ),
);
const platform = fc.oneof(
  text,
  fc.constantFrom(
    ...['postgres', 'mysql', 'snowflake', 'bigquery', 'athena', 'redshift', 's3', 'azure', 'file', 'kafka', 'pubsub'],
  ),
);
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
/** `undefined` and absent are two things to the model's types. */
const compact = <Value>(value: object): Value =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Value;
const record = <Value>(shape: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Value> =>
  fc.record(shape).map((value) => compact<Value>(value));

const place = { platform, connections: fc.array(connection, { maxLength: 3 }) };
const dataset: fc.Arbitrary<Dataset> = fc.oneof(
  record<Dataset>({ ...place, kind: fc.constant('table'), database: maybe(text), schema: maybe(text), name: text }),
  record<Dataset>({ ...place, kind: fc.constant('container'), bucket: text, path: text }),
  record<Dataset>({ ...place, kind: fc.constantFrom('topic', 'searchIndex'), name: text }),
);
const reference: fc.Arbitrary<EntityReference> = fc.oneof(
  dataset.map((value): EntityReference => ({ kind: 'dataset', dataset: value })),
  record<EntityReference>({ kind: fc.constant('pipeline'), name: text, external: maybe(fc.boolean()) }),
  record<EntityReference>({ kind: fc.constant('entity'), fqn: text }),
);
const edge = record<LineageEdge>({
  from: reference,
  to: reference,
  pipeline: maybe(text),
  description: text,
  sql: maybe(text),
  columns: maybe(
    fc.array(record({ from: fc.array(text, { maxLength: 3 }), to: text, expression: maybe(text) }), { maxLength: 3 }),
  ),
});
const pipeline = record<Pipeline>({
  name: text,
  description: maybe(text),
  sourceUrl: maybe(fc.oneof(text, fc.webUrl({ withQueryParameters: true, withFragments: true }))),
  enabled: fc.boolean(),
  revision: maybe(text),
  tasks: fc.array(record({ name: text, enabled: fc.boolean(), sql: maybe(text), sourceUrl: maybe(connection) }), {
    maxLength: 3,
  }),
  edges: fc.array(fc.record({ from: text, to: text }), { maxLength: 3 }),
  schedules: fc.array(fc.record({ id: text, cron: text }), { maxLength: 2 }),
  labels: fc.array(fc.record({ key: text, value: text }), { maxLength: 2 }),
  owners: fc.array(fc.record({ name: text, origin: text }), { maxLength: 2 }),
  inputs: fc.constant([]),
});
const instant = fc.oneof(fc.integer({ min: 0, max: 2e12 }), fc.double());
const times = {
  state: fc.constantFrom<RunState>(
    ...(['queued', 'running', 'paused', 'succeeded', 'warning', 'failed', 'cancelled', 'skipped', 'unknown'] as const),
  ),
  sourceState: text,
  endedAt: maybe(instant),
};
const run = record<Run>({
  ...times,
  id: text,
  pipeline: text,
  startedAt: instant,
  revision: maybe(text),
  url: maybe(text),
  correlationId: maybe(text),
  trigger: maybe(
    record({ id: maybe(text), upstream: maybe(record({ pipeline: text, run: maybe(text) })), type: maybe(text) }),
  ),
  taskRuns: fc.array(record({ ...times, task: text, startedAt: maybe(instant), attempts: fc.nat(3) }), {
    maxLength: 3,
  }),
});
const input = fc.record({
  edges: fc.array(edge, { maxLength: 6 }),
  pipelines: fc.array(pipeline, { maxLength: 3 }),
  runs: fc.array(run, { maxLength: 3 }),
  namespace: text,
  eventTime: fc.integer({ min: 0, max: 2e12 }),
  tasks: fc.boolean(),
});

it('whatever the model holds, every event and facet is valid, the same at each call, and has no SQL that was not given', () => {
  fc.assert(
    fc.property(input, ({ edges, ...options }) => {
      const graph = graphOf(edges);
      const events = eventsOf(graph, options);
      expect(events.flatMap(problemsOf)).toEqual([]);
      expect(JSON.stringify(eventsOf(graph, options))).toBe(JSON.stringify(events));
      const given = [...edges, ...options.pipelines.flatMap(({ tasks }) => tasks)].some(({ sql }) => sql !== undefined);
      if (!given) expect(events.filter(({ job }) => 'sql' in job.facets)).toEqual([]);
      const ids = events.flatMap((event) => ('run' in event ? [event.run.runId] : []));
      expect(new Set(ids).size).toBeLessThanOrEqual(options.runs.length * 4);
    }),
    { numRuns: 400 },
  );
});

it('an arrow from one dataset to another is in the events exactly when the graph has it by way of that pipeline', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd');
  const arrows = fc.array(fc.record({ from: names, to: names, by: fc.constantFrom('p', 'q') }), { maxLength: 8 });
  fc.assert(
    fc.property(arrows, (wanted) => {
      const end = (name: string) => ({ kind: 'entity', fqn: name }) as const;
      const graph = graphOf(
        wanted.map(({ from, to, by }) => ({ from: end(from), to: end(to), pipeline: by, description: '' })),
      );
      const told = eventsOf(graph, { namespace: 'n', eventTime: 0 }).flatMap(({ job }) => {
        const entries = job.facets.lineage?.entries as { name: string; inputs: { name: string }[] }[];
        return entries.flatMap(({ name, inputs }) => inputs.map((from) => `${from.name} ${name} ${job.name}`));
      });
      expect(told.sort()).toEqual([...new Set(wanted.map(({ from, to, by }) => `${from} ${to} ${by}`))].sort());
    }),
  );
});
