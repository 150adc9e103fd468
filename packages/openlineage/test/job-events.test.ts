import { describe, expect, it } from 'vitest';
import { type JobEvent, jobEvents } from '../src/index.js';
import { daily, datasetEnd, edges, eventTime, graphOf, pipeline, pipelineEnd } from './models.js';
import { problemsOf } from './validation.js';

const namespace = 'kestra';
const report = pipeline('acme.report');
const options = { namespace, eventTime, pipelines: [report, daily], connector: 'kestra' };
const events = jobEvents(graphOf(edges), options);
const [dailyEvent, reportEvent] = events as [JobEvent, JobEvent];
const shop = 'postgres://db:5432';
const asDataset = (name: string) => ({ namespace: shop, name: `shop.public.${name}`, type: 'DATASET' });

describe('the event of a pipeline', () => {
  it('is valid by the schema of the event and of every facet', () => {
    expect(events).toHaveLength(2);
    for (const event of events) expect(problemsOf(event)).toEqual([]);
  });

  it('says what the definition says', () => {
    expect(dailyEvent).toMatchObject({
      eventTime: '2026-03-01T06:00:00.000Z',
      producer: 'https://github.com/flowmeta/flowmeta',
      schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent',
      job: {
        namespace: 'kestra',
        name: 'acme.daily',
        facets: {
          documentation: { description: 'Copies **orders**.', contentType: 'text/markdown' },
          jobType: { processingType: 'BATCH', integration: 'KESTRA', jobType: 'FLOW' },
          ownership: { owners: [{ name: 'jane@acme.com' }] },
          tags: { tags: [{ key: 'team', value: 'data', source: 'KESTRA' }] },
          sourceCodeLocation: {
            type: 'kestra',
            url: 'https://kestra.acme.com/ui/flows/edit/acme/daily',
            version: '7',
          },
        },
      },
    });
    expect(dailyEvent).not.toHaveProperty('run');
    expect(Object.keys(reportEvent.job.facets).sort()).toEqual(['jobType', 'lineage']);
  });

  it('names each dataset once, in the order of names', () => {
    expect(dailyEvent.inputs.map(({ name }) => name)).toEqual(['shop.public.customers', 'shop.public.orders']);
    expect(dailyEvent.outputs.map(({ name }) => name)).toEqual([
      'shop.public.customers_copy',
      'shop.public.orders_copy',
    ]);
    expect(dailyEvent.inputs[0]?.facets.dataSource).toMatchObject({
      name: 'jdbc:postgresql://db:5432/shop',
      uri: 'postgres://db:5432',
    });
  });

  it('says which input flows into which output, and never that all flow into all', () => {
    expect(dailyEvent.job.facets.lineage?.entries).toEqual([
      { ...asDataset('customers_copy'), inputs: [asDataset('customers')] },
      {
        ...asDataset('orders_copy'),
        inputs: [asDataset('orders')],
        fields: {
          id: {
            inputs: [
              { ...asDataset('orders'), field: 'id', transformations: [{ type: 'DIRECT', subtype: 'IDENTITY' }] },
            ],
          },
          gross: {
            inputs: [
              {
                ...asDataset('orders'),
                field: 'net',
                transformations: [{ type: 'DIRECT', subtype: 'TRANSFORMATION', description: 'net * 1.2' }],
              },
            ],
          },
        },
      },
    ]);
  });

  it('tells column lineage for named columns and leaves out `*`', () => {
    const [customers, orders] = dailyEvent.outputs;
    expect(customers?.facets).not.toHaveProperty('columnLineage');
    expect(orders?.facets.columnLineage?.fields).toEqual({
      id: {
        inputFields: [
          {
            namespace: shop,
            name: 'shop.public.orders',
            field: 'id',
            transformations: [{ type: 'DIRECT', subtype: 'IDENTITY' }],
          },
        ],
      },
      gross: {
        inputFields: [
          {
            namespace: shop,
            name: 'shop.public.orders',
            field: 'net',
            transformations: [{ type: 'DIRECT', subtype: 'TRANSFORMATION', description: 'net * 1.2' }],
          },
        ],
      },
    });
  });

  it('leaves out what is said of all columns at once, and keeps the others', () => {
    const columns = [
      { from: ['*', 'id'], to: 'id' },
      { from: ['id'], to: '*' },
    ];
    const edge = { from: datasetEnd('a'), to: datasetEnd('b'), pipeline: 'acme.daily', description: '', columns };
    const [event] = jobEvents(graphOf([edge]), options);
    const fields = event?.outputs[0]?.facets.columnLineage?.fields as Record<
      string,
      { inputFields: { field: string }[] }
    >;
    expect(Object.entries(fields).map(([to, { inputFields }]) => [to, inputFields.map(({ field }) => field)])).toEqual([
      ['id', ['id']],
    ]);
  });

  it('has the statements of its edges, and no SQL when they have none', () => {
    expect(dailyEvent.job.facets.sql?.query).toBe(
      'INSERT INTO orders_copy (id, gross) SELECT id, net * 1.2 FROM orders;\nINSERT INTO customers_copy SELECT * FROM customers',
    );
    expect(reportEvent.job.facets).not.toHaveProperty('sql');
  });

  it('tells what it follows, what it only reads, what it writes from nothing known, and what follows it elsewhere', () => {
    const self = { namespace, name: 'acme.report', type: 'JOB' };
    expect(reportEvent.job.facets.lineage?.entries).toEqual([
      { namespace: 'openmetadata', name: 'lake.reports', type: 'DATASET', inputs: [self] },
      { ...self, inputs: [asDataset('customers_copy'), { namespace, name: 'acme.daily', type: 'JOB' }] },
      { namespace: 'unknown', name: 'airbyte-sync', type: 'JOB', inputs: [self] },
    ]);
    expect(reportEvent.inputs.map(({ name }) => name)).toEqual(['shop.public.customers_copy']);
    expect(reportEvent.outputs).toEqual([{ namespace: 'openmetadata', name: 'lake.reports', facets: {} }]);
  });

  it('is there only for the given pipelines, and for all that the source has when none are given', () => {
    const names = (given?: (typeof daily)[]) =>
      jobEvents(graphOf(edges), { namespace, eventTime, ...(given && { pipelines: given }) }).map(
        ({ job }) => job.name,
      );
    expect(names([report])).toEqual(['acme.report']);
    expect(names([])).toEqual([]);
    expect(names()).toEqual(['acme.daily', 'acme.report']);
    const [alone] = jobEvents(graphOf(edges), { namespace, eventTime, pipelines: [daily] });
    expect(alone?.job.facets.lineage?.entries).toContainEqual({
      namespace,
      name: 'acme.report',
      type: 'JOB',
      inputs: [{ namespace, name: 'acme.daily', type: 'JOB' }],
    });
  });

  it('is the same whatever order things were read in', () => {
    const reordered = { ...options, pipelines: [...options.pipelines].reverse() };
    const swapped = [edges[0]!, edges[1]!, ...edges.slice(2).reverse()];
    expect(JSON.stringify(jobEvents(graphOf(swapped), reordered))).toBe(JSON.stringify(events));
  });

  it('takes two spellings of one server for one dataset', () => {
    const other = { ...datasetEnd('orders').dataset, connections: ['db:5432'] };
    const into = { to: datasetEnd('total'), pipeline: 'acme.daily', description: 'SQL' };
    const [event] = jobEvents(
      graphOf([
        { ...into, from: datasetEnd('orders'), columns: [{ from: ['id'], to: 'id' }] },
        { ...into, from: { kind: 'dataset', dataset: other }, columns: [{ from: ['net'], to: 'sum' }] },
      ]),
      options,
    );
    expect(event?.inputs.map(({ name }) => name)).toEqual(['shop.public.orders']);
    expect(Object.keys(event?.outputs[0]?.facets.columnLineage?.fields as object)).toEqual(['id', 'sum']);
  });

  it('gives columns with names of JavaScript their place', () => {
    const columns = ['__proto__', 'constructor'].map((name) => ({ from: [name], to: name }));
    const edge = { from: datasetEnd('a'), to: datasetEnd('b'), pipeline: 'acme.daily', description: '', columns };
    const [event] = jobEvents(graphOf([edge]), options);
    expect(problemsOf(event!)).toEqual([]);
    expect(Object.keys(event?.outputs[0]?.facets.columnLineage?.fields as object)).toEqual([
      '__proto__',
      'constructor',
    ]);
  });

  it.each(['javascript:alert(1)', 'https://joe:secret@kestra.acme.com/ui', '/ui/flows', 'https://kestra acme/'])(
    'has no location when that is %s',
    (sourceUrl) => {
      const [event] = jobEvents(graphOf([]), { ...options, pipelines: [pipeline('p', { sourceUrl })] });
      expect(event?.job.facets).not.toHaveProperty('sourceCodeLocation');
    },
  );
});

describe('the events of tasks', () => {
  it('follow their pipeline when they are wanted', () => {
    const withTasks = jobEvents(graphOf([]), { ...options, tasks: true });
    expect(withTasks.map(({ job }) => job.name)).toEqual([
      'acme.daily',
      'acme.daily.extract',
      'acme.daily.load',
      'acme.report',
    ]);
    expect(withTasks.flatMap(problemsOf)).toEqual([]);
    expect(withTasks[1]?.job.facets).toMatchObject({ jobType: { jobType: 'TASK' }, sql: { query: 'SELECT 1' } });
    expect(withTasks[2]?.job.facets).toMatchObject({ documentation: { description: 'Loads.' } });
    expect(withTasks[2]?.job.facets).not.toHaveProperty('sql');
  });
});

describe('a wrong option', () => {
  it('is an error that says what is wrong', () => {
    const none = graphOf([]);
    expect(() => jobEvents(none, { namespace, eventTime: Number.NaN })).toThrow(
      'eventTime is NaN; it must be milliseconds since 1970.',
    );
    expect(() => jobEvents(none, { namespace, eventTime, producer: 'us' })).toThrow('producer is "us"');
  });
});

describe('validation', () => {
  // biome-ignore lint/suspicious/noExplicitAny: events are broken in ways that no type allows.
  type Broken = any;
  const broken = (change: (event: Broken) => void): string[] => {
    const event = structuredClone(dailyEvent);
    change(event);
    return problemsOf(event);
  };

  it.each<[string, (event: Broken) => void]>([
    ['an event without a time', (event) => delete event.eventTime],
    ['a time that is none', (event) => Object.assign(event, { eventTime: 'yesterday' })],
    ['a job event with a run', (event) => Object.assign(event, { run: { runId: '1' } })],
    ['a job without a namespace', (event) => delete event.job.namespace],
    ['a facet without a producer', (event) => delete event.job.facets.sql._producer],
    ['a facet without its required field', (event) => delete event.job.facets.sql.query],
    [
      'a facet of an unknown version',
      (event) => Object.assign(event.job.facets.sql, { _schemaURL: 'https://x.y/9.json' }),
    ],
    ['a facet under the wrong key', (event) => Object.assign(event.job.facets, { query: event.job.facets.sql })],
    ['a misspelt field', (event) => Object.assign(event.outputs[1].facets.columnLineage.fields.id, { inputField: [] })],
    [
      'a column without its dataset',
      (event) => delete event.outputs[1].facets.columnLineage.fields.id.inputFields[0].name,
    ],
    ['a lineage entry of no type', (event) => delete event.job.facets.lineage.entries[0].type],
  ])('refuses %s', (_what, change) => {
    expect(broken(() => {})).toEqual([]);
    expect(broken(change)).not.toEqual([]);
  });
});

it('tells nothing of an edge whose pipeline nobody names, nor of one that points nowhere', () => {
  const graph = graphOf([{ from: datasetEnd('a'), to: datasetEnd('b'), description: '' }]);
  graph.edges.push({ from: 'gone', to: 'away', description: '' });
  const events = jobEvents(graph, options);
  expect(events.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])).toEqual([]);
  expect(
    jobEvents(graphOf([{ from: pipelineEnd('x', true), to: pipelineEnd('y', true), description: '' }]), {
      namespace,
      eventTime,
    }),
  ).toEqual([]);
});
