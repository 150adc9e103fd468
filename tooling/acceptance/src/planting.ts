import type { KestraDataset } from '@flowmeta/sandbox';

/** Texts that carry a secret by their shape; each is given a word to carry. */
export const shapes: Record<string, (secret: string) => string> = {
  'jdbc url': (s) => `jdbc:postgresql://db:5432/shop?user=etl&password=${s}&ssl=true`,
  'sqlserver url': (s) => `jdbc:sqlserver://db:1433;user=sa;password=${s};encrypt=true`,
  'oracle url': (s) => `jdbc:oracle:thin:scott/${s}@db:1521/shop`,
  'mongodb url': (s) => `mongodb+srv://etl:${s}@cluster.example.com/db`,
  'https url': (s) => `see https://etl:${s}@git.example.com/x.git`,
  'storage url': (s) => `abfss://etl:${s}@acct.dfs.core.windows.net/raw/x`,
  'bucket url': (s) => `s3://etl:${s}@bucket/raw/x.csv`,
  'shared access signature': (s) => `https://acct.blob.core.windows.net/c/f.csv?sv=2020&sig=${s}&se=2027`,
  'account key': (s) => `AccountName=acct;AccountKey=${s};EndpointSuffix=core.windows.net`,
  'create user': (s) => `CREATE USER etl IDENTIFIED BY '${s}'; INSERT INTO a.b SELECT * FROM c.d`,
  'password literal': (s) => `ALTER ROLE etl WITH PASSWORD '${s}'`,
  'copy with credentials': (s) =>
    `COPY mart.orders FROM 's3://b/x' CREDENTIALS 'aws_access_key_id=x;aws_secret_access_key=${s}'`,
  'copy with key': (s) => `COPY mart.orders FROM 's3://b/x' ACCESS_KEY_ID '${s}' SECRET_ACCESS_KEY '${s}'`,
  'create secret': (s) => `CREATE SECRET x (TYPE s3, KEY_ID '${s}', SECRET '${s}')`,
  'webhook call': (s) => `curl http://kestra:8080/api/v1/main/executions/webhook/company.team/flow/${s}`,
  'slack webhook': (s) => `https://hooks.slack.com/services/T0/B0/${s}`,
  'bearer token': (s) => `Authorization: Bearer ${s}`,
  'json web token': (s) => `eyJhbGciOiJSUzI1NiJ9.${s}.${s}`,
  'aws key id': (s) => `AKIA${s.toUpperCase().padEnd(16, '0')}`,
  'github token': (s) => `ghp_${s.padEnd(36, '0')}`,
  'gitlab token': (s) => `glpat-${s.padEnd(20, '0')}`,
  'private key': (s) => `-----BEGIN PRIVATE KEY-----\n${s}\n-----END PRIVATE KEY-----`,
  'service account': (s) => JSON.stringify({ type: 'service_account', private_key_id: s, private_key: s }),
  'yaml field': (s) => `host: db\npassword: ${s}\nport: 1`,
  'name and value': (s) => JSON.stringify([{ name: 'DB_PASSWORD', value: s }]),
  'command line': (s) => `load --password ${s} --table x`,
};

/** A word that no recording contains, nor a digest by chance, with its number in it, so that a leak tells where it comes from. */
const marker = 'zq7xwvkj';
export const secretWord = (number: number): string => `${marker}${number.toString(36).padStart(5, '0')}`;

/** The places whose secret shows in the text, whatever case it is in. */
export function leaks(text: string, planted: ReadonlyMap<number, string>): string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(new RegExp(`${marker}([0-9a-z]{0,5})`, 'gi'))) {
    const around = text.slice(Math.max(0, match.index - 60), match.index + 30);
    found.add(`${planted.get(Number.parseInt(match[1]!, 36)) ?? 'somewhere'} in “${around}”`);
  }
  return [...found];
}

/** What identifies a thing, or what the stand-in itself finds things by: a server refuses anything else in them. */
const identities = new Set([
  'id',
  'namespace',
  'flowId',
  'executionId',
  'taskId',
  'taskRunId',
  'parentTaskRunId',
  'originalId',
  'triggerId',
  'parentId',
  'tenantId',
  'lastTaskId',
  'firstFailedTaskId',
  'loopTaskRunId',
]);
/** Texts of a fixed form: anything else in them is an answer that can't be read. */
const forms =
  /^(?:type|state|current|date|duration|kind|cron|format|behavior|\w*Date|updated|deleted|updatedAt|evaluatedAt|states|level|interval|timezone)$/;

export interface PlantOptions {
  /** Turns the shapes on, so that each place has another one in each round. */
  round: number;
  /** Also in every so manieth text of a fixed form; default in none. */
  brokenForms?: number;
}

export interface Planted {
  dataset: KestraDataset;
  /** Number of the secret → the place and the shape. */
  planted: Map<number, string>;
}

/** The dataset with a secret in every text of its flows, their sources, runs and triggers, and more under secret names. */
export function plantSecrets(original: KestraDataset, { round, brokenForms }: PlantOptions): Planted {
  const planted = new Map<number, string>();
  const names = Object.keys(shapes);
  let forming = 0;
  const next = (place: string): string => {
    const number = planted.size + 1;
    planted.set(number, place);
    return secretWord(number);
  };
  const planting = (text: string, path: string): string => {
    const shape = names[(planted.size + round) % names.length]!;
    const carrier = shapes[shape]!(next(`${path} (${shape})`));
    return (planted.size + round) % 2 === 0 ? carrier : `${text} ${carrier}`;
  };
  const walk = (value: unknown, { path, key }: { path: string; key: string }): unknown => {
    if (typeof value === 'string') {
      if (identities.has(key)) return value;
      if (!forms.test(key)) return planting(value, path);
      forming += 1;
      return brokenForms !== undefined && forming % brokenForms === round % brokenForms ? planting(value, path) : value;
    }
    if (Array.isArray(value)) return value.map((inner) => walk(inner, { path: `${path}[]`, key }));
    if (typeof value !== 'object' || value === null) return value;
    const walked = Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, walk(inner, { path: `${path}.${name}`, key: name })]),
    );
    return typeof walked.type === 'string' ? { ...walked, ...underSecretNames(path) } : walked;
  };
  const underSecretNames = (path: string): Record<string, unknown> => ({
    password: next(`${path}.password`),
    apiToken: next(`${path}.apiToken`),
    accessKeyId: next(`${path}.accessKeyId`),
    options: { secretKeyId: next(`${path}.options.secretKeyId`) },
    auth: { credentials: { user: next(`${path}.auth.credentials.user`) } },
    headers: { Authorization: `Bearer ${next(`${path}.headers.Authorization`)}` },
  });

  const dataset = structuredClone(original);
  dataset.flows = dataset.flows.map(({ flow, source, graph, ...rest }) => {
    const path = `${flow.namespace}.${flow.id}`;
    const labels = Array.isArray(flow.labels) ? flow.labels : [];
    return {
      ...rest,
      flow: {
        ...(walk(flow, { path, key: '' }) as typeof flow),
        description: planting('What it does.', `${path}.description`),
        labels: [
          ...(walk(labels, { path: `${path}.labels`, key: '' }) as unknown[]),
          { key: 'api_token', value: next(`${path}.labels.api_token`) },
        ],
        variables: { db: { password: next(`${path}.variables.db.password`) } },
      },
      ...(source === undefined ? {} : { source: `${source}\n# ${planting('', `${path} source`)}` }),
      graph: walk(graph, { path: `${path} graph`, key: 'type' }) as typeof graph,
    };
  });
  dataset.executions = dataset.executions.map((execution) => {
    const path = `run of ${execution.namespace}.${execution.flowId}`;
    return {
      ...(walk(execution, { path, key: '' }) as typeof execution),
      inputs: { password: next(`${path}.inputs.password`) },
      labels: [{ key: 'secret', value: next(`${path}.labels.secret`) }],
    };
  });
  dataset.triggers = walk(dataset.triggers, { path: 'triggers', key: '' }) as unknown[];
  return { dataset, planted };
}
