import { datasetLabel, type EntityReference, type LineageEdge } from '@flowmeta/connector';

// Which datasets the recorded flows and those in `fixtures/flows` move, written down by hand from their YAML: each as
// `from → to`, the flow itself as `[flow]`. An edge between two datasets is by way of the flow.

const recorded = `
demo.plugins.database-plugin-showcase
  postgres:mydb.users → [flow]
  snowflake:PRODUCTION.ANALYTICS.USERS → [flow]
  bigquery:project.dataset.sessions → bigquery:my-project.results.daily_sessions
  clickhouse:analytics.events → [flow]

demo.plugins.messaging-patterns
  [flow] → kafka:user-events
  kafka:user-events → [flow]
  [flow] → amqp:events
  [flow] → sqs:my-queue
  kafka:clickstream → [flow]
  [flow] → kafka:processed-events

demo.plugins.cloud-storage-operations
  [flow] → s3://my-data-lake/raw
  s3://my-data-lake/raw → [flow]
  s3://my-data-lake → [flow]
  [flow] → gs://my-gcp-bucket/processed
  [flow] → abfss://my-container/archive/data.parquet
  gs://my-gcp-bucket/processed → s3://my-data-lake/gcs-mirror/x.parquet
  gs://my-gcp-bucket/processed → abfss://mycontainer/gcs-mirror/data.parquet

demo.plugins.multi-language-scripts

demo.warehouse.multi_db
  mysql:crm.leads → mysql:crm.leads_clean
  sqlserver:ERP.dbo.items → sqlserver:ERP.dbo.items_copy
  trino:postgresql.public.y → trino:hive.default.x
  [flow] → abfss://raw/x/y.csv
  sqlserver:ERP.dbo.items_copy → postgres:app.public.items

demo.warehouse.snowflake_elt
  snowflake:ANALYTICS.RAW.CUSTOMERS → snowflake:ANALYTICS.PUBLIC.CUSTOMERS
  [flow] → [e3b1ce92-547c-436f-b1e8-23b6936c12cd elsewhere]
  [flow] → [my_connector elsewhere]

demo.warehouse.s3_to_redshift
  s3://acme-landing/events → redshift:prod.raw.events
  redshift:prod.raw.events → redshift:prod.mart.events_daily
  redshift:prod.raw.events → s3://acme-export/daily/out.csv

demo.warehouse.kafka_clickhouse
  kafka:clickstream → clickhouse:analytics.events
  clickhouse:analytics.events → kafka:click-done

demo.warehouse.pg_to_bq
  postgres:shop.public.orders → gs://acme-landing/orders/2024-11-01.csv
  gs://acme-landing/orders/2024-11-01.csv → bigquery:acme-dwh.raw.orders
  bigquery:acme-dwh.raw.orders → bigquery:acme-dwh.mart.daily_sales
  bigquery:acme-dwh.raw.customers → bigquery:acme-dwh.mart.daily_sales

demo.community.community-plugin-showcase

demo.ml.ml-training-pipeline

data-eng.prod-1.file_watch
  s3://acme-landing/in → s3://acme-archive/done
  s3://acme-landing/in → redshift:prod.raw.events

tutorial.data-engineering-pipeline
  http://dummyjson.com/products → [flow]

tutorial.microservices-and-apis
  http://127.0.0.1:18020/ping → [flow]

quality.assurance.plugin-testing-pipeline
  http://localhost:1080/mockserver/expectation → [flow]
`;

const written = `
system.plugins.version-manager
  http://registry.example.com/api/v2/releases → postgres:ops.plugins.releases
  postgres:ops.plugins.installed → postgres:ops.plugins.outdated_jdbc
  postgres:ops.plugins.releases → postgres:ops.plugins.outdated_jdbc
  postgres:ops.plugins.installed → postgres:ops.plugins.outdated_aws
  postgres:ops.plugins.releases → postgres:ops.plugins.outdated_aws
  postgres:ops.plugins.installed → postgres:ops.plugins.outdated_gcp
  postgres:ops.plugins.releases → postgres:ops.plugins.outdated_gcp

system.monitoring.plugin-metrics
  postgres:kestra.task_runs → postgres:monitoring.plugin_stats
  postgres:kestra.executions → postgres:monitoring.plugin_stats
  postgres:monitoring.plugin_stats → s3://acme-reports/plugins/health/report.html
  [flow] → postgres:monitoring.failures

demo.performance.bulk-operations
  mysql:shop.orders → postgres:dwh.staging.orders
  postgres:dwh.staging.orders → postgres:dwh.mart.orders
  postgres:dwh.mart.orders_emea → gs://acme-archive/emea
  postgres:dwh.mart.orders_apac → gs://acme-archive/apac
  http://api.example.com/v1/rates → [flow]
  postgres:dwh.reference.rates → [flow]
  postgres:dwh.mart.orders → [flow]
  ? tables_by_day

enterprise.integration.legacy-bridge
  sftp://mvs.example.com/out/ACCOUNTS.DAT → oracle:FINANCE.ACCOUNTS
  [flow] → http://soap.example.com/OrderService
  [flow] → oracle:SALES.ORDERS
  oracle:FINANCE.ACCOUNTS → oracle:FINANCE.BALANCES
  oracle:SALES.ORDERS → oracle:FINANCE.BALANCES
  sftp://mvs.example.com/out/ACCOUNTS.DAT → sftp://mvs.example.com/done/ACCOUNTS.DAT
  [flow] → kafka:legacy.loaded

enterprise.security.sensitive-data
  [flow] → postgres:audit.security.audit_log
  postgres:crm.crm.customers → s3://acme-vault/customers/latest.gpg
  s3://acme-vault/customers/latest.gpg → redshift:vault.vault.customers
`;

/** The lines of one flow by its name; those that begin with `?` name a task that has a gap. */
export type ExpectedDatasets = Map<string, string[]>;

const parse = (text: string): ExpectedDatasets =>
  new Map(
    text
      .trim()
      .split(/\n\s*\n/)
      .map((block) => {
        const [name, ...lines] = block.split(/\n\s*/);
        return [name!, lines.sort()];
      }),
  );

export const recordedDatasets: ExpectedDatasets = parse(recorded);
export const writtenDatasets: ExpectedDatasets = parse(written);

/** The flow that an edge belongs to; none for one between flows. */
export function flowOfEdge({ from, to, pipeline }: LineageEdge): string | undefined {
  if (pipeline !== undefined) return pipeline;
  if (from.kind === 'pipeline' && to.kind === 'pipeline') return to.external ? from.name : undefined;
  return [from, to].flatMap((end) => (end.kind === 'pipeline' ? [end.name] : []))[0];
}

/** An edge as the lists above have it. */
export function datasetLine(edge: LineageEdge): string {
  const flow = flowOfEdge(edge);
  const nameOf = (end: EntityReference): string => {
    switch (end.kind) {
      case 'pipeline':
        return end.name === flow ? '[flow]' : `[${end.name}${end.external ? ' elsewhere' : ''}]`;
      case 'entity':
        return end.fqn;
      case 'dataset': {
        const { platform, kind } = end.dataset;
        return kind === 'container' ? datasetLabel(end.dataset) : `${platform}:${datasetLabel(end.dataset)}`;
      }
    }
  };
  return `${nameOf(edge.from)} → ${nameOf(edge.to)}`;
}
