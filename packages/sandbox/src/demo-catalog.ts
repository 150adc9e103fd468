import type { DatasetSeed } from './types.js';

/** Names of tables and their columns, by service, database and schema; a service's type stands beside it. */
const databases: Record<string, { serviceType: string; tables: Record<string, string[]> }> = {
  postgres_shop: {
    serviceType: 'Postgres',
    tables: {
      'shop.public.orders': ['id', 'customer_id', 'amount', 'created_at'],
      'shop.mart.daily_sales': ['day', 'amount'],
    },
  },
  postgres_app: {
    serviceType: 'Postgres',
    tables: {
      'app.public.items': ['id', 'name'],
      'mydb.public.users': ['id', 'email', 'status', 'created_at'],
    },
  },
  mysql_crm: {
    serviceType: 'Mysql',
    // OpenMetadata puts a database named default above the schemas of MySQL and ClickHouse.
    tables: {
      'default.crm.leads': ['id', 'email', 'ok'],
      'default.crm.leads_clean': ['id', 'email', 'ok'],
    },
  },
  sqlserver_erp: {
    serviceType: 'Mssql',
    tables: { 'ERP.dbo.items': ['id', 'name', 'price'], 'ERP.dbo.items_copy': ['id', 'name', 'price'] },
  },
  trino_lake: {
    serviceType: 'Trino',
    tables: { 'hive.default.x': ['id', 'value'], 'postgresql.public.y': ['id', 'value'] },
  },
  bigquery_acme: {
    serviceType: 'BigQuery',
    tables: {
      'acme-dwh.raw.orders': ['id', 'customer_id', 'day', 'amount'],
      'acme-dwh.raw.customers': ['id', 'name', 'region'],
      'acme-dwh.mart.daily_sales': ['day', 'region', 'revenue'],
      'project.dataset.sessions': ['user_id', 'duration', 'timestamp'],
      'my-project.results.daily_sessions': ['user_id', 'session_count', 'total_duration'],
    },
  },
  redshift_dwh: {
    serviceType: 'Redshift',
    tables: {
      'prod.raw.events': ['id', 'day', 'kind'],
      'prod.mart.events_daily': ['day', 'count'],
    },
  },
  snowflake_acme: {
    serviceType: 'Snowflake',
    tables: {
      'ANALYTICS.RAW.CUSTOMERS': ['ID', 'NAME'],
      'ANALYTICS.PUBLIC.CUSTOMERS': ['ID', 'NAME'],
      'PRODUCTION.ANALYTICS.USERS': ['ID', 'EMAIL', 'DAY'],
      'SHOP.PUBLIC.CUSTOMERS': ['ID', 'NAME'],
    },
  },
  clickhouse_web: {
    serviceType: 'Clickhouse',
    tables: { 'default.analytics.events': ['id', 'ts', 'timestamp', 'user_id'] },
  },
};

/** Buckets and the prefixes in them that somebody has described. */
const storages: Record<string, { serviceType: string; paths: string[] }> = {
  gcs_acme: { serviceType: 'GCS', paths: ['acme-landing.orders', 'my-gcp-bucket.processed'] },
  s3_acme: {
    serviceType: 'S3',
    paths: [
      ...['acme-landing.in', 'acme-landing.events', 'acme-archive.done', 'acme-export.daily'],
      ...['my-data-lake.raw', 'my-data-lake.gcs-mirror'],
      ...['lake.raw.orders', 'lake.derived'],
    ],
  },
  adls_acme: { serviceType: 'ADLS', paths: ['raw.x', 'my-container.archive', 'mycontainer.gcs-mirror'] },
};

const topics = ['clickstream', 'click-done', 'user-events', 'processed-events', '"orders.events"'];

/**
 * The tables, buckets and topics that the flows of `demoDataset()` and the DAGs of `airflowDataset(3)` move data between, with their
 * columns, as OpenMetadata's own connectors would have brought them in before. What the flows do with DuckDB's local files, queues
 * and mail is in no catalog.
 *
 * The two were recorded apart. They meet in `postgres_shop.shop.public.orders`, which a DAG writes and a flow reads: both name
 * `public.orders` of a database `shop`, each on a made-up host of its own, and the catalog has one such table.
 */
export function demoCatalog(): DatasetSeed[] {
  return [
    ...Object.entries(databases).flatMap(([service, { serviceType, tables }]) =>
      Object.entries(tables).map(
        ([name, columns]): DatasetSeed => ({ type: 'table', fqn: `${service}.${name}`, serviceType, columns }),
      ),
    ),
    ...Object.entries(storages).flatMap(([service, { serviceType, paths }]) =>
      paths.map((path): DatasetSeed => ({ type: 'container', fqn: `${service}.${path}`, serviceType })),
    ),
    ...topics.map((name): DatasetSeed => ({ type: 'topic', fqn: `kafka_events.${name}`, serviceType: 'Kafka' })),
  ];
}
