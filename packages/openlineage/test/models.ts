import { createLineageGraph, type Dataset, type LineageEdge, type Pipeline, type Run } from '@flowmeta/connector';

export const eventTime = Date.parse('2026-03-01T06:00:00.000Z');

const table = (name: string, connection = 'jdbc:postgresql://db:5432/shop'): Dataset => ({
  kind: 'table',
  platform: 'postgres',
  connections: [connection, 'io.kestra.plugin.jdbc.postgresql.Query'],
  database: 'shop',
  schema: 'public',
  name,
});

export const datasetEnd = (name: string) => ({ kind: 'dataset', dataset: table(name) }) as const;
export const pipelineEnd = (name: string, external?: true) =>
  ({ kind: 'pipeline', name, ...(external && { external }) }) as const;

export const pipeline = (name: string, more: Partial<Pipeline> = {}): Pipeline => ({
  name,
  enabled: true,
  tasks: [],
  edges: [],
  schedules: [],
  labels: [],
  owners: [],
  inputs: [],
  ...more,
});

export const daily = pipeline('acme.daily', {
  description: 'Copies **orders**.',
  sourceUrl: 'https://kestra.acme.com/ui/flows/edit/acme/daily',
  revision: '7',
  tasks: [
    { name: 'extract', enabled: true, type: 'io.kestra.plugin.jdbc.postgresql.Query', sql: 'SELECT 1' },
    { name: 'load', enabled: true, description: 'Loads.' },
  ],
  edges: [{ from: 'extract', to: 'load' }],
  schedules: [{ id: 'night', cron: '0 2 * * *' }],
  labels: [{ key: 'team', value: 'data' }],
  owners: [{ name: 'jane@acme.com', origin: 'label owner' }],
});

export const edges: LineageEdge[] = [
  {
    from: datasetEnd('orders'),
    to: datasetEnd('orders_copy'),
    pipeline: 'acme.daily',
    description: 'SQL',
    sql: 'INSERT INTO orders_copy (id, gross) SELECT id, net * 1.2 FROM orders',
    columns: [
      { from: ['id'], to: 'id' },
      { from: ['net'], to: 'gross', expression: 'net * 1.2' },
      { from: ['*'], to: '*' },
    ],
  },
  {
    from: datasetEnd('customers'),
    to: datasetEnd('customers_copy'),
    pipeline: 'acme.daily',
    description: 'SQL',
    sql: 'INSERT INTO customers_copy SELECT * FROM customers',
    columns: [{ from: ['*'], to: '*' }],
  },
  { from: pipelineEnd('acme.daily'), to: pipelineEnd('acme.report'), description: 'Flow trigger' },
  { from: datasetEnd('customers_copy'), to: pipelineEnd('acme.report'), description: 'reads' },
  {
    from: pipelineEnd('acme.report'),
    to: { kind: 'entity', fqn: 'lake.reports', type: 'container' },
    description: 'label',
  },
  { from: pipelineEnd('acme.report'), to: pipelineEnd('airbyte-sync', true), description: 'starts' },
];

export function graphOf(lineage: LineageEdge[]) {
  const builder = createLineageGraph();
  for (const edge of lineage) builder.edge(edge);
  return builder.graph();
}

export const run = (id: string, more: Partial<Run> = {}): Run => ({
  id,
  pipeline: 'acme.daily',
  state: 'succeeded',
  sourceState: 'SUCCESS',
  startedAt: Date.parse('2026-03-01T02:00:01.500Z'),
  endedAt: Date.parse('2026-03-01T02:05:00.000Z'),
  taskRuns: [],
  ...more,
});
