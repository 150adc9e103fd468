import { describe, expect, it } from 'vitest';
import { isSecretName, redactText } from './index.js';

const hex = '0123456789abcdef';
const word = 'aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cF';

/** A text with `§` where the secret stands, and what is to be read instead when that is not just `***` in its place. */
const goes: Record<string, [text: string, redacted?: string][]> = {
  'connection urls': [
    ['mongodb+srv://§@cluster.mongodb.net/db'],
    ['mongodb+srv://me:§@cluster.mongodb.net/db', 'mongodb+srv://***@cluster.mongodb.net/db'],
    ['snowflake://me:§@account/db?warehouse=x', 'snowflake://***@account/db?warehouse=x'],
    ['amqp://me:§@queue:5672/v', 'amqp://***@queue:5672/v'],
    ['redis://:§@cache:6379/0', 'redis://***@cache:6379/0'],
    ['s3://me:§@bucket/x', 's3://***@bucket/x'],
    ['sftp://me:§@files.example.com/in', 'sftp://***@files.example.com/in'],
    ['abfss://container:§@account.dfs.core.windows.net/x', 'abfss://***@account.dfs.core.windows.net/x'],
    ['wasbs://me:§@account.blob.core.windows.net/x', 'wasbs://***@account.blob.core.windows.net/x'],
  ],
  'jdbc urls': [
    ['jdbc:oracle:thin:scott/§@host:1521/x', 'jdbc:oracle:thin:***@host:1521/x'],
    ['jdbc:oracle:thin:scott/"§@x"@host:1521:sid', 'jdbc:oracle:thin:***@host:1521:sid'],
    ['{"url": "jdbc:oracle:oci8:scott/\\"§@x\\"@host"}', '{"url": "jdbc:oracle:oci8:***@host"}'],
    ['jdbc:mysql://me:§@h/x', 'jdbc:mysql://***@h/x'],
    ['jdbc:mysql://h/x?user=me&password1=§&password2=§&ssl=1'],
    ['jdbc:postgresql://h/x?sslpassword=§&sslkey=/etc/key'],
    ['jdbc:sqlserver://h;user=sa;password=§;encrypt=true'],
    [
      'jdbc:sqlserver://h;password={pa;}}§};encrypt=true;trustStorePassword=§',
      'jdbc:sqlserver://h;password=***;encrypt=true;trustStorePassword=***',
    ],
    ['jdbc:snowflake://a/?user=x&private_key_pwd=§&passcode=§&role=r'],
    ['jdbc:redshift:iam://h?AccessKeyID=§&SecretAccessKey=§&SessionToken=§&Region=eu'],
    ['jdbc:databricks://h;AuthMech=3;UID=token;PWD=§;ssl=1'],
    ['jdbc:bigquery://x;OAuthAccessToken=§;OAuthRefreshToken=§;OAuthClientSecret=§;OAuthPvtKey=§;ProjectId=p'],
    ['jdbc:trino://h?SSLTrustStorePassword=§&accessToken=§&source=x'],
    ['jdbc:db2://h:5000/x:user=u;password=§;'],
    ['jdbc:athena://;AccessKey=§;SecretKey=§;Workgroup=w'],
  ],
  'storage and queues': [
    ['https://a.blob.core.windows.net/c/f.csv?sv=2020-08-04&ss=b&sig=§&se=2027'],
    ['BlobEndpoint=https://a;SharedAccessSignature=§;x=y'],
    ['Endpoint=sb://a/;SharedAccessKeyName=n;SharedAccessKey=§;EntityPath=e'],
    [`key ${'a/'.repeat(43)}== here`, 'key *** here'],
    ['https://b.s3.amazonaws.com/x?X-Amz-Signature=§&X-Amz-Date=1'],
  ],
  SQL: [
    ["CREATE LOGIN me WITH PASSWORD = N'§'"],
    ["ALTER USER me SET PASSWORD = '§'"],
    ["SET PASSWORD FOR me = '§'"],
    ["SET PASSWORD FOR 'me'@'h' = PASSWORD('§')"],
    ['ALTER USER me IDENTIFIED BY "§"'],
    ['create user me identified by § default tablespace x'],
    ["CREATE DATABASE LINK l CONNECT TO me IDENTIFIED BY § USING 'x'"],
    ["CREATE USER me IDENTIFIED BY VALUES '§'"],
    ['CREATE ROLE me PASSWORD $$§$$'],
    ["CREATE USER MAPPING FOR me SERVER s OPTIONS (user 'u', password '§')"],
    ["CREATE SECRET s (TYPE s3, KEY_ID '§', SECRET '§', REGION 'eu')"],
    ["create or replace secret s (type http, token '§', scope 'x')"],
    ["CREATE SECRET (TYPE azure, CONNECTION_STRING '§')"],
    ["COPY t FROM 's3://b' ACCESS_KEY_ID '§' SECRET_ACCESS_KEY '§' SESSION_TOKEN '§' CSV"],
    ["COPY t FROM 's3://b' WITH CREDENTIALS AS '§' CSV"],
    ["COPY INTO t FROM 's3://b' CREDENTIALS = (AWS_KEY_ID='§' AWS_SECRET_KEY='§') X=1"],
    ["CREATE STAGE s URL='azure://a' CREDENTIALS=(AZURE_SAS_TOKEN='?sv=2016&sig=§') COMMENT='x'"],
    ["SELECT * FROM dblink('host=h user=u password=§ dbname=x', 'SELECT 1')"],
    ["SELECT * FROM OPENROWSET('SQLNCLI', 'Server=x;Uid=y;Pwd=§;', 'SELECT 1')"],
    ["SELECT * FROM postgresql('h:5432', 'db', 't', 'me', '§')"],
    ["INSERT INTO users (name, password) VALUES ('me', '§'), ('x', '§');"],
    ["SELECT * FROM users WHERE api_token = '§' AND id <> 3"],
    ["DELETE FROM sessions WHERE token <> '§'"],
  ],
  YAML: [
    ['a:\n  password: |\n    §\n    §\n  port: 1', 'a:\n  password: |\n    ***\n  port: 1'],
    ['- password: >-\n    §\n  port: 1'],
    ['password:\n  §\nport: 1'],
    ['tokens:\n  - §\n  - "§"\nport: 1', 'tokens:\n  - ***\n  - ***\nport: 1'],
    ['credentials:\n  key: §\nport: 1'],
    ['accessKeyId: \'§\'\nsecretKeyId: "§"\nregion: eu'],
    ['db_pass: §\nport: 1'],
    ['password: &p §\nother: *p'],
    ['password: !!str "§"\nport: 1'],
    ['password: &p !!str |-\n  §\nport: 1', 'password: &p !!str |-\n  ***\nport: 1'],
  ],
  'webhook triggers': [
    ['- type: x.Webhook\r\n  key: §\r\n  id: a\r\n', '- type: x.Webhook\r\n  key: ***\r\n  id: a\r\n'],
    ['- key: "§"\r\n  type: x.Webhook\r\n', '- key: "***"\r\n  type: x.Webhook\r\n'],
    ['- type: x.Webhook # hook\n  key: §\n'],
    ['- type: x.Webhook\n  key: >-\n    §\n    §\n  id: a', '- type: x.Webhook\n  key: >-\n    ***\n    ***\n  id: a'],
    ['- {id: a, type: x.Webhook, key: "§"}', '- {id: a, type: x.Webhook, key: "***"}'],
    ["- {key: '§', type: x.Webhook}", "- {key: '***', type: x.Webhook}"],
  ],
  JSON: [
    ['{"credentials": {"user": "me", "key": "§"}, "port": 1}', '{"credentials": ***, "port": 1}'],
    ['{"tokens": ["§", "§"], "port": 1}', '{"tokens": ***, "port": 1}'],
    [
      `{"type":"service_account","private_key_id":"§","private_key":"-----BEGIN PRIVATE KEY-----\\n§\\n-----END PRIVATE KEY-----\\n","client_email":"a@b.iam"}`,
      '{"type":"service_account","private_key_id":"***","private_key":"***","client_email":"a@b.iam"}',
    ],
    ['{"credentials": {"key": "§', '{"credentials": ***'],
  ],
  'pairs of a name and a value': [
    ['{"name": "DB_PASSWORD", "value": "§", "x": 1}', '{"name": "DB_PASSWORD", "value": "***", "x": 1}'],
    [
      "env:\n  - name: API_TOKEN\n    value: '§'\n  - name: X",
      "env:\n  - name: API_TOKEN\n    value: '***'\n  - name: X",
    ],
    ['[{"key":"apiKey","value":"§"}]', '[{"key":"apiKey","value":"***"}]'],
    ['<property name="password" value="§"/>'],
  ],
  'code and command lines': [
    ['if token == "§":'],
    ["password := '§'"],
    ["client(password='§', port=1)"],
    ['tool --password § --port 1'],
    ['tool --api-token=§ --port 1'],
    ["curl -u 'me:§' https://x"],
    ['mysql -uroot -p§ db'],
    ['sqlplus -s scott/§@db'],
    ['PGPASSWORD=§ psql'],
    ['X-API-Key: §'],
  ],
  'addresses that are keys': [
    ['https://hooks.slack.com/services/§'],
    ['https://discord.com/api/webhooks/§'],
    ['https://x.webhook.office.com/webhookb2/§'],
    ['https://api.telegram.org/bot§/sendMessage'],
    ['https://x.azurewebsites.net/api/f?code=§&a=b'],
    ['http://k/api/v1/main/executions/webhook/company.team/flow/§'],
    ['http://k/api/v1/executions/webhook/company.team/flow/§?x=1'],
  ],
};

const keys = [
  `AKIA${'ABCDEFGH12345678'}`,
  `ghp_${word}abcd`,
  `github_pat_${word}`,
  `glpat-${word}`,
  `xoxb-${word}`,
  `AIza${word}abc`,
  `GOCSPX-${word.slice(0, 28)}`,
  `ya29.${word}`,
  `dapi${hex}${hex}`,
  `sk-ant-${word}`,
  `sk-${word}`,
  `sk_live_${word}`,
  `npm_${word}abcd`,
  `hf_${word}`,
  `dckr_pat_${word}`,
  `hvs.${word.repeat(3)}`,
  `eyJhbGciOiJSUzI1NiJ9.${word}.${word}`,
  `eyJhbGciOiJSU0EtT0FFUCJ9.${word}.${word}.${word}.${word}`,
];

const stays: Record<string, string[]> = {
  'addresses without credentials': [
    'abfss://container@account.dfs.core.windows.net/raw/orders.parquet',
    'abfs://container@account.dfs.core.windows.net/x and wasb://c@a.blob.core.windows.net/y',
    'wasbs://container@account.blob.core.windows.net/raw',
    'abfss://{{ vars.container }}@account.dfs.core.windows.net/x',
    'gs://bucket/path@2024/file.csv',
    's3://bucket/user@example.com/file.csv',
    'git@github.com:org/repo.git',
    'ssh://git@github.com/org/repo.git',
    'sftp://ingest@files.example.com/in',
    'someone@example.com, other.one+tag@sub.example.com',
    'mailto:someone@example.com',
    'jdbc:oracle:thin:@host:1521/service',
    'jdbc:oracle:thin:@//host:1521/service',
    'jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(HOST=h)(PORT=1521)))',
    'jdbc:postgresql://h:5432/shop?user=me&sslkey=/etc/key.pem&currentSchema=tokens',
    'kafka://broker:9092/orders',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db',
    '/run/secrets/kestra_password',
    'file:///data/api_tokens/2024.csv',
    'C:\\data\\tokens.csv',
    'docker run -u 1000:1000 -v /a:/b image',
  ],
  'templates and references': [
    "{{ secret('DB_PASSWORD') }}",
    'password: "{{ secret(\'X\') }}"',
    "jdbc:postgresql://h/db?user=me&password={{ secret('X') }}",
    "jdbc:oracle:thin:me/{{ secret('X') }}@host/x",
    "CREATE USER me IDENTIFIED BY {{ secret('X') }}",
    "CREATE SECRET s (TYPE s3, SECRET '{{ secret('X') }}')",
    "curl -u 'me:{{ secret('X') }}' https://x",
    "tool --token {{ secret('X') }}",
    `password: |\n  {{ secret('X') }}\nport: 1`,
  ],
  'SQL about columns and tables with such names': [
    'SELECT token, password, t.secret FROM api_tokens t',
    'SELECT token::text, password::varchar(20) FROM auth.token',
    'SELECT a.id FROM a JOIN b ON a.token = b.token AND a.x = b.x',
    'UPDATE t SET token = excluded.token, password = s.password FROM s',
    'WHERE token = $1 AND password = ? AND secret=%s AND token = :token AND pwd = @pwd',
    'WHERE token IS NULL OR password = NULL',
    'CREATE TABLE credentials (token text NOT NULL, password varchar(20), api_key uuid)',
    'ALTER TABLE t ADD COLUMN access_token text',
    'INSERT INTO api_tokens (id, token) SELECT id, token FROM raw.tokens',
    "INSERT INTO orders (id, note) VALUES (1, 'x')",
    'MERGE INTO tokens USING s ON tokens.token = s.token WHEN MATCHED THEN UPDATE SET id = s.id',
    "CASE WHEN token = '' THEN 1 END",
    'ALTER ROLE me PASSWORD NULL',
    'GROUP BY token ORDER BY password DESC',
    "COPY api_tokens FROM 's3://b/x' IAM_ROLE 'arn:aws:iam::1:role/x'",
  ],
  'ordinary words': [
    'SyntaxError: Unexpected token \'<\', "<html>" is not valid JSON',
    'the secret is where the token expires',
    "{'password_policy': 'strict'}",
    'each row is identified by order_id',
    '{"message":"wrong password"}',
    "['a password', 'other']",
    'warehouse.public.password_resets, lake/secrets/x.parquet, topic access.tokens',
    'sk-load-customers and hf_small and SG.public.orders and hvs.raw.orders',
    'compass: north',
    'max_tokens: 500',
    '{"name": "orders", "value": "x"}',
    '- name: password_policy\n  value: strict',
    `sha256:${hex.repeat(4)}`,
    '0f8fad5b-d9cb-469f-a165-70867728950e',
  ],
};

describe('redactText hides', () => {
  for (const [name, texts] of Object.entries(goes)) {
    it.each(texts)(`${name}: %s`, (text, expected) => {
      for (const secret of ['hunter2zebra', 'Q7!x9-Zz_(k)', 'p$w%20d*9']) {
        if (/identified by §|user\/§|PASSWORD \$/i.test(text) && /[$!(]/.test(secret)) continue;
        const redacted = redactText(text.replaceAll('§', secret));
        expect(redacted).not.toContain(secret);
        if (expected !== undefined) expect(redacted).toBe(expected);
        expect(redactText(redacted)).toBe(redacted);
      }
    });
  }

  it.each(keys)('the key %s, alone, in a sentence, a path and quotes', (key) => {
    expect(redactText(key)).toBe('***');
    expect(redactText(`with ${key}, then`)).toBe('with ***, then');
    expect(redactText(`/x/${key}/y "${key}"`)).toBe('/x/***/y "***"');
  });

  it('the secret beside the id of a key of AWS', () => {
    const pair = ["'AKIAABCDEFGH12345678', ", `'${word}a/b+c/d1'`];
    expect(redactText(`s3('https://b/x.csv', ${pair.join('')})`)).toBe("s3('https://b/x.csv', '***', '***')");
  });
});

describe('redactText leaves', () => {
  for (const [name, texts] of Object.entries(stays)) {
    it.each(texts)(`${name}: %s`, (text) => expect(redactText(text)).toBe(text));
  }
});

describe('isSecretName', () => {
  it.each(['DB_PASS', 'dbPass', 'db_pw', 'password1', 'Ocp-Apim-Subscription-Key', 'private_key_id', 'keypass'])(
    'knows %s',
    (name) => expect(isSecretName(name)).toBe(true),
  );
  it.each(['bypass', 'compass', 'api_tokens', 'tokenized', 'primary_key', 'keypath', 'sslkey'])('leaves %s', (name) =>
    expect(isSecretName(name)).toBe(false),
  );
});
