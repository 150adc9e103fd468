import {
  createLineageGraph,
  type Dataset,
  type EntityReference,
  type LineageGraph,
  referenceKey,
} from '@flowmeta/connector';

const subjects = [
  'orders',
  'customers',
  'invoices',
  'inventory',
  'shipments',
  'tickets',
  'clickstream',
  'exchange_rates',
  'payments',
  'products',
  'returns',
  'campaigns',
];
const areas = ['sales', 'finance', 'marketing', 'logistics'];
const kestra = 'https://kestra.company.example/ui/main/flows/edit';

function postgres(schema: string, name: string): EntityReference {
  return reference({
    kind: 'table',
    platform: 'postgres',
    connections: ['postgresql://shop-db:5432/shop'],
    database: 'shop',
    schema,
    name,
  });
}

function bigquery(schema: string, name: string): EntityReference {
  return reference({
    kind: 'table',
    platform: 'bigquery',
    connections: ['bigquery://analytics-prod'],
    database: 'analytics-prod',
    schema,
    name,
  });
}

function s3(path: string): EntityReference {
  return reference({ kind: 'container', platform: 's3', connections: ['s3'], bucket: 'company-lake', path });
}

function reference(dataset: Dataset): EntityReference {
  return { kind: 'dataset', dataset };
}

/**
 * A lineage with `count` nodes as a company has it: tables are exported to files, loaded, cleaned and joined into marts, some feed
 * topics, and flows start each other; with gaps of every reason.
 */
export function sampleLineage(count: number): LineageGraph {
  const builder = createLineageGraph();
  const seen = new Set<string>();
  const counting: Builder = {
    ...builder,
    edge(edge) {
      for (const end of [edge.from, edge.to]) seen.add(referenceKey(end));
      builder.edge(edge);
    },
  };
  for (let round = 0; seen.size < count; round += 1) addRound(counting, round);
  for (const [index, reason] of (
    ['template', 'sql', 'connection', 'missing', 'ambiguous', 'missing'] as const
  ).entries()) {
    const subject = subjects[index]!;
    builder.gap({
      pipeline: `company.${areas[index % 4]}.load_${subject}`,
      ...(index === 1 ? {} : { task: 'load' }),
      reason,
      message: {
        template: 'the name of the table is {{ inputs.table }}',
        sql: 'the statement ends in the middle of a text',
        connection: "the connection {{ secret('WAREHOUSE_URL') }} is not known",
        missing: `shop.public.${subject} is not in the catalog`,
        ambiguous: `public.${subject} is in two services`,
      }[reason],
      ...(reason === 'connection' ? { hint: 'Name its service under lineageInformation.datasetServices.' } : {}),
      ...(reason === 'ambiguous'
        ? { candidates: [`postgres_prod.shop.public.${subject}`, `postgres_test.shop.public.${subject}`] }
        : {}),
    });
  }
  return builder.graph();
}

type Builder = ReturnType<typeof createLineageGraph>;

function addRound(builder: Builder, round: number): void {
  const area = areas[round % areas.length]!;
  const subject = subjects[round % subjects.length]!;
  const part = round < subjects.length ? '' : `_${Math.floor(round / subjects.length) + 1}`;
  const name = `${subject}${part}`;
  const flow = (verb: string): string => {
    const id = `${verb}_${name}`;
    builder.pipeline({
      name: `company.${area}.${id}`,
      namespace: `company.${area}`,
      sourceUrl: `${kestra}/company.${area}/${id}`,
    });
    return `company.${area}.${id}`;
  };
  const move = (from: EntityReference[], to: EntityReference, pipeline: string, more: object = {}): void => {
    for (const source of from) {
      builder.edge({ from: source, to, pipeline, description: 'Kestra task load: SQL', ...more });
    }
  };
  const exported = flow('export');
  const loaded = flow('load');
  const built = flow('build');
  const file = s3(`raw/${area}/${name}/`);
  const staging = bigquery('staging', `stg_${name}`);
  const clean = bigquery('core', name);
  const mart = bigquery('marts', `${area}_${subjects[(round * 5) % 4]}_daily${part}`);
  move([postgres('public', name)], file, exported, { description: 'Kestra task copy_out: CopyOut', evidence: 'run' });
  move([file], staging, loaded, { description: 'Kestra task load: LoadFromGcs' });
  move([staging, bigquery('core', `ref_countries${part}`)], clean, loaded, {
    sql: `MERGE INTO core.${name} AS t\nUSING (SELECT s.*, c.region FROM staging.stg_${name} s JOIN core.ref_countries${part} c USING (country)) AS n\nON t.id = n.id\nWHEN MATCHED THEN UPDATE SET amount = n.amount, region = n.region\nWHEN NOT MATCHED THEN INSERT ROW`,
    columns: [
      { from: ['id'], to: 'id' },
      { from: ['amount', 'currency'], to: 'amount', expression: 'amount * rate(currency)' },
      { from: ['*'], to: '*', except: ['loaded_at'] },
    ],
  });
  move([clean, mart], mart, built, {
    sql: `INSERT INTO marts.${area}_daily SELECT day, sum(amount) FROM core.${name} GROUP BY day`,
    columns: [{ from: ['amount'], to: 'revenue', expression: 'sum(amount)' }],
  });
  if (round % 3 === 0) {
    const topic = reference({
      kind: 'topic',
      platform: 'kafka',
      connections: ['kafka-1:9092'],
      name: `${name}.changed`,
    });
    move([clean], topic, flow('publish'), { description: 'Kestra task publish: Produce' });
  }
  if (round % 6 === 2) {
    builder.edge({
      from: mart,
      to: { kind: 'entity', fqn: `metabase.${area}_overview`, type: 'dashboard' },
      description: 'Label lineage.downstream',
    });
  }
  const started = [exported, loaded, built];
  for (let index = 1; index < started.length; index += 1) {
    builder.edge({
      from: { kind: 'pipeline', name: started[index - 1]! },
      to: { kind: 'pipeline', name: started[index]! },
      description: `Kestra Flow trigger: on_${started[index - 1]!.split('.').at(-1)}`,
    });
  }
}
