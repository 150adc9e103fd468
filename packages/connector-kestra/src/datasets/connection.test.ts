import { describe, expect, it } from 'vitest';
import { jdbcConnection } from './connection.js';
import { renderText } from './rendering.js';

const query = (plugin: string) => `io.kestra.plugin.jdbc.${plugin}.Query`;
const connect = (plugin: string, url: string) => jdbcConnection(renderText(url, {}), query(plugin));

describe('jdbcConnection', () => {
  it.each([
    [
      'postgresql',
      'jdbc:postgresql://pg.acme:5432/shop?ssl=true',
      {
        platform: 'postgres',
        dialect: 'postgres',
        connections: ['jdbc:postgresql://pg.acme:5432/shop', 'pg.acme:5432'],
        database: 'shop',
      },
    ],
    [
      'postgresql',
      'jdbc:postgresql://h1:5432,h2:5433/shop?currentSchema=mart,public',
      {
        platform: 'postgres',
        dialect: 'postgres',
        connections: ['jdbc:postgresql://h1:5432,h2:5433/shop', 'h1:5432', 'h2:5433'],
        database: 'shop',
        schema: 'mart',
      },
    ],
    [
      'mysql',
      'jdbc:mysql://mysql:3306/crm?user=a&password=b',
      {
        platform: 'mysql',
        dialect: 'mysql',
        connections: ['jdbc:mysql://mysql:3306/crm', 'mysql:3306'],
        schema: 'crm',
      },
    ],
    [
      'mysql',
      'jdbc:mysql:loadbalance://a:3306,b:3306/crm',
      {
        platform: 'mysql',
        dialect: 'mysql',
        connections: ['jdbc:mysql://a:3306,b:3306/crm', 'a:3306', 'b:3306'],
        schema: 'crm',
      },
    ],
    [
      'mariadb',
      'jdbc:mariadb://maria/crm',
      { platform: 'mariadb', dialect: 'mariadb', connections: ['jdbc:mariadb://maria/crm', 'maria'], schema: 'crm' },
    ],
    [
      'sqlserver',
      'jdbc:sqlserver://ms:1433;databaseName=ERP;user=sa;password={p;w}',
      {
        platform: 'sqlserver',
        dialect: 'sqlserver',
        connections: ['jdbc:sqlserver://ms:1433;databaseName=ERP', 'ms:1433'],
        database: 'ERP',
      },
    ],
    [
      'sqlserver',
      'jdbc:sqlserver://ms\\SQLEXPRESS;database=ERP',
      {
        platform: 'sqlserver',
        dialect: 'sqlserver',
        connections: ['jdbc:sqlserver://ms\\SQLEXPRESS;databaseName=ERP', 'ms\\SQLEXPRESS'],
        database: 'ERP',
      },
    ],
    [
      'oracle',
      'jdbc:oracle:thin:@//ora:1521/ORCLPDB1',
      { platform: 'oracle', dialect: 'oracle', connections: ['jdbc:oracle:thin:@//ora:1521/ORCLPDB1', 'ora:1521'] },
    ],
    [
      'oracle',
      'jdbc:oracle:thin:scott/tiger@ora:1521:XE',
      { platform: 'oracle', dialect: 'oracle', connections: ['jdbc:oracle:thin:@ora:1521:XE', 'ora:1521'] },
    ],
    [
      'oracle',
      'jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=ora)(PORT=1522))(CONNECT_DATA=(SERVICE_NAME=sales)))',
      { platform: 'oracle', dialect: 'oracle', connections: ['jdbc:oracle:thin:@//ora:1522/sales', 'ora:1522'] },
    ],
    [
      'snowflake',
      'jdbc:snowflake://acme.eu-central-1.snowflakecomputing.com/?db=analytics&schema=PUBLIC&warehouse=WH',
      {
        platform: 'snowflake',
        dialect: 'snowflake',
        connections: [
          'jdbc:snowflake://acme.eu-central-1.snowflakecomputing.com',
          'acme.eu-central-1.snowflakecomputing.com',
        ],
        database: 'ANALYTICS',
        schema: 'PUBLIC',
      },
    ],
    [
      'redshift',
      'jdbc:redshift:iam://dwh.acme:5439/Prod',
      {
        platform: 'redshift',
        dialect: 'redshift',
        connections: ['jdbc:redshift://dwh.acme:5439/Prod', 'dwh.acme:5439'],
        database: 'prod',
      },
    ],
    [
      'clickhouse',
      'jdbc:clickhouse:http://ch:8123/analytics',
      {
        platform: 'clickhouse',
        dialect: 'clickhouse',
        connections: ['jdbc:clickhouse://ch:8123/analytics', 'ch:8123'],
        schema: 'analytics',
      },
    ],
    [
      'clickhouse',
      'jdbc:ch://ch:8123/analytics',
      {
        platform: 'clickhouse',
        dialect: 'clickhouse',
        connections: ['jdbc:ch://ch:8123/analytics', 'ch:8123'],
        schema: 'analytics',
      },
    ],
    [
      'trino',
      'jdbc:trino://trino:8080/hive/default',
      {
        platform: 'trino',
        dialect: 'trino',
        connections: ['jdbc:trino://trino:8080/hive/default', 'trino:8080'],
        database: 'hive',
        schema: 'default',
      },
    ],
    [
      'duckdb',
      'jdbc:duckdb:/data/lake.duckdb',
      { platform: 'duckdb', dialect: 'duckdb', connections: ['jdbc:duckdb:/data/lake.duckdb'], database: 'lake' },
    ],
    [
      'duckdb',
      'jdbc:duckdb:md:my_db?motherduck_token=abc',
      { platform: 'duckdb', dialect: 'duckdb', connections: ['md:my_db'], database: 'my_db' },
    ],
    [
      'sqlite',
      'jdbc:sqlite:/data/app.db',
      { platform: 'sqlite', dialect: 'sqlite', connections: ['jdbc:sqlite:/data/app.db'] },
    ],
    [
      'vertica',
      'jdbc:vertica://v:5433/Dwh',
      {
        platform: 'vertica',
        dialect: 'postgres',
        connections: ['jdbc:vertica://v:5433/Dwh', 'v:5433'],
        database: 'dwh',
      },
    ],
    [
      'db2',
      'jdbc:db2://db2:50000/BANK:user=u;password=p;',
      {
        platform: 'db2',
        dialect: 'postgres',
        connections: ['jdbc:db2://db2:50000/BANK', 'db2:50000'],
        database: 'BANK',
      },
    ],
    [
      'hana',
      'jdbc:sap://hana:30015/?databaseName=HDB&user=u',
      {
        platform: 'saphana',
        dialect: 'postgres',
        connections: ['jdbc:sap://hana:30015/?databaseName=HDB', 'hana:30015'],
        database: 'HDB',
      },
    ],
    [
      'sybase',
      'jdbc:sybase:Tds:syb:5000/core?user=u',
      {
        platform: 'sybase',
        dialect: 'postgres',
        connections: ['jdbc:sybase://syb:5000/core', 'syb:5000'],
        database: 'core',
      },
    ],
    [
      'druid',
      'jdbc:avatica:remote:url=http://druid:8082/druid/v2/sql/avatica/;user=u',
      { platform: 'druid', dialect: 'postgres', connections: ['jdbc:avatica://druid:8082', 'druid:8082'] },
    ],
    [
      'dremio',
      'jdbc:dremio:direct=dr:31010;schema=space',
      { platform: 'dremio', dialect: 'postgres', connections: ['jdbc:dremio://dr:31010', 'dr:31010'], schema: 'space' },
    ],
    [
      'actianvector',
      'jdbc:ingres://av:VW7/sales;UID=u;PWD=p',
      {
        platform: 'actianvector',
        dialect: 'postgres',
        connections: ['jdbc:ingres://av:VW7/sales', 'av:VW7'],
        database: 'sales',
      },
    ],
  ])('%s: %s', (plugin, url, expected) => {
    expect(connect(plugin, url)).toEqual({ ...expected, connections: [...expected.connections, query(plugin)] });
  });

  it('knows Databricks by its url', () => {
    expect(
      connect('generic', 'jdbc:databricks://adb.net:443/default;httpPath=/sql;ConnCatalog=Main;PWD=dapi1'),
    ).toEqual({
      platform: 'databricks',
      dialect: 'databricks',
      connections: ['jdbc:databricks://adb.net:443', 'adb.net:443', query('generic')],
      database: 'main',
      schema: 'default',
    });
  });

  it('takes a url that is a template for the connection itself, in one spelling', () => {
    for (const url of ["{{ secret('PG_URL') }}", '{{secret("PG_URL")}}', "{{  secret('PG_URL')\n}}"]) {
      expect(connect('postgresql', url)).toEqual({
        platform: 'postgres',
        dialect: 'postgres',
        connections: ["{{ secret('PG_URL') }}", query('postgresql')],
      });
    }
  });

  it('keeps templates that are parts of the url, but no name that holds one', () => {
    expect(
      connect('postgresql', "jdbc:postgresql://{{ secret('HOST') }}:5432/shop?password={{ secret('PW') }}"),
    ).toEqual({
      platform: 'postgres',
      dialect: 'postgres',
      connections: [
        "jdbc:postgresql://{{ secret('HOST') }}:5432/shop",
        "{{ secret('HOST') }}:5432",
        query('postgresql'),
      ],
      database: 'shop',
    });
    const unknown = connect('postgresql', "jdbc:postgresql://pg:5432/{{ kv('DB') }}");
    expect(unknown.connections[0]).toBe("jdbc:postgresql://pg:5432/{{ kv('DB') }}");
    expect(unknown).not.toHaveProperty('database');
  });

  it('speaks of the plugin where no url is known, so that its tasks are of one server', () => {
    expect(jdbcConnection(undefined, query('mysql')).connections).toEqual([
      'io.kestra.plugin.jdbc.mysql',
      'io.kestra.plugin.jdbc.mysql.Query',
    ]);
    expect(connect('mysql', 'no url at all').connections[0]).toBe('io.kestra.plugin.jdbc.mysql');
  });

  it.each([
    ['duckdb', ''],
    ['duckdb', 'jdbc:duckdb:'],
    ['duckdb', 'jdbc:duckdb::memory:x'],
    ['duckdb', 'jdbc:duckdb:my.db'],
    ['sqlite', 'jdbc:sqlite::memory:'],
    ['sqlite', 'jdbc:sqlite:my.db'],
  ])('%s "%s" is gone with the task', (plugin, url) => {
    expect(connect(plugin, url).isTransient).toBe(true);
  });

  it('lets nothing out of a place where credentials can stand', () => {
    const secrets = [
      'hunter2',
      'p@ss',
      'p/w?rd#x',
      'a;b=c',
      'x:9871',
      'ünïcode',
      'se{cr}et',
      "quo'te",
      '%40pct',
      'me@corp.example',
    ];
    const shapes: ((secret: string) => [string, string])[] = [
      (s) => ['postgresql', `jdbc:postgresql://${s}@pg:5432/shop`],
      (s) => ['postgresql', `jdbc:postgresql://etl:${s}@pg:5432/shop`],
      (s) => ['postgresql', `postgresql://etl:${s}@pg:5432/shop?ssl=true`],
      (s) => ['postgresql', `jdbc:postgresql://pg:5432/shop?user=etl&password=${s}`],
      (s) => ['postgresql', `jdbc:postgresql://pg:5432/shop?sslpassword=${s}&ssl=true#${s}`],
      (s) => ['mysql', `jdbc:mysql://root:${s}@mysql:3306/crm?trustStorePassword=${s}`],
      (s) => ['sqlserver', `jdbc:sqlserver://ms:1433;databaseName=ERP;user=sa;password=${s};accessToken=${s}`],
      (s) => ['sqlserver', `jdbc:sqlserver://ms:1433;password={${s}};databaseName=ERP`],
      (s) => ['oracle', `jdbc:oracle:thin:scott/${s}@//ora:1521/XE`],
      (s) => ['oracle', `jdbc:oracle:thin:${s}/tiger@ora:1521:XE`],
      (s) => ['oracle', `jdbc:oracle:thin:@ora:1521/XE?javax.net.ssl.keyStorePassword=${s}`],
      (s) => ['snowflake', `jdbc:snowflake://acme.snowflakecomputing.com/?db=A&user=u&password=${s}&token=${s}`],
      (s) => ['snowflake', `jdbc:snowflake://acme.snowflakecomputing.com?user=${s}&db=A`],
      (s) => ['redshift', `jdbc:redshift:iam://dwh:5439/p?AccessKeyID=${s}&SecretAccessKey=${s}`],
      (s) => ['clickhouse', `jdbc:clickhouse://default:${s}@ch:8123/a?password=${s}`],
      (s) => ['trino', `jdbc:trino://trino:8080/hive/d?accessToken=${s}`],
      (s) => ['duckdb', `jdbc:duckdb:md:db?motherduck_token=${s}`],
      (s) => ['duckdb', `md:db?motherduck_token=${s}`],
      (s) => ['sqlite', `jdbc:sqlite:/data/app.db?password=${s}`],
      (s) => ['db2', `jdbc:db2://db2:50000/BANK:user=u;password=${s};`],
      (s) => ['druid', `jdbc:avatica:remote:url=http://u:${s}@druid:8082/x;user=u;password=${s}`],
      (s) => ['dremio', `jdbc:dremio:direct=dr:31010;user=u;password=${s}`],
      (s) => ['postgresql', `jdbc:postgresql://{{ secret('H') | default('${s.replace(/'/g, '')}') }}:5432/shop`],
      (s) => ['postgresql', `{{ kv('URL') ?? "jdbc:postgresql://u:${s}@pg/shop" }}`],
      (s) => ['postgresql', `nonsense ${s}`],
      (s) => ['postgresql', `jdbc:${s}`],
      (s) => ['unheard', `jdbc:unheard:of:${s}@somewhere`],
    ];
    for (const shape of shapes) {
      for (const secret of secrets) {
        const [plugin, url] = shape(secret);
        const told = JSON.stringify(connect(plugin, url));
        for (const piece of [secret, decodeURIComponent(secret), ...secret.split(/[@/?#;:={}']/)]) {
          if (piece.length > 3) expect(told, url).not.toContain(piece);
        }
      }
    }
  });
});
