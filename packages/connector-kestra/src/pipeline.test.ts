import { kestraVersions } from '@flowmeta/recordings';
import { createRedactor } from '@flowmeta/redact';
import { describe, expect, it } from 'vitest';
import { flowOf, snapshot } from '../test/recorded-client.js';
import { taskTree } from './constructs.js';
import { definitionGraph } from './definition-graph.js';
import { type PipelineContext, toPipeline } from './pipeline.js';

const context = (change: Partial<PipelineContext> = {}): PipelineContext => ({
  server: { uiUrl: 'https://kestra.example.com/ui', tenant: 'main', hiddenLabelPrefixes: ['system.', 'internal.'] },
  config: { ownerLabel: 'owner' },
  redactor: createRedactor(),
  ...change,
});

function pipelineOf(flow: ReturnType<typeof flowOf>, change: Partial<PipelineContext> = {}) {
  return toPipeline(flow, definitionGraph(taskTree(flow)), context(change));
}

function recorded(name: string, version: (typeof kestraVersions)[number] = '1.0.3') {
  const flow = snapshot(version).flows.find(({ namespace, id }) => `${namespace}.${id}` === name);
  if (flow === undefined) throw new Error(`${name} is not recorded`);
  return flow;
}

const flow = (change: object = {}) =>
  flowOf({
    namespace: 'a.b',
    id: 'f',
    revision: 3,
    tasks: [{ id: 't', type: 'io.kestra.plugin.core.log.Log' }],
    ...change,
  });

describe('a flow', () => {
  it('becomes a pipeline with all that a catalog shows', () => {
    expect(pipelineOf(recorded('hackathon.demo.cron_etl'))).toEqual({
      name: 'hackathon.demo.cron_etl',
      displayName: 'cron_etl',
      namespace: 'hackathon.demo',
      description: expect.any(String),
      sourceUrl: 'https://kestra.example.com/ui/main/flows/edit/hackathon.demo/cron_etl',
      enabled: true,
      revision: '1',
      tasks: expect.arrayContaining([
        expect.objectContaining({ enabled: true, type: expect.stringMatching(/^io\.kestra\.plugin\./) }),
      ]),
      edges: expect.any(Array),
      schedules: [{ id: 'nightly', cron: '0 2 * * *' }],
      labels: expect.any(Array),
      owners: expect.any(Array),
      inputs: [],
    });
  });

  it.each(kestraVersions)('of Kestra %s keeps unicode, its owner and its labels', (version) => {
    const pipeline = pipelineOf(recorded('data-eng.prod-1.unicode-desc', version));
    expect(pipeline.description).toContain("日次の売上集計 — données d'été ✓ 🚀 «кириллица»");
    expect(pipeline.owners).toEqual([{ name: 'José Ñandú', origin: 'label owner' }]);
    expect(pipeline.labels).toContainEqual({ key: 'team', value: 'データ' });
    expect(pipeline.tasks[0]).toMatchObject({ name: 'log-it', description: 'tâche n°1 — 記録' });
  });

  it('keeps labels with odd characters', () => {
    expect(pipelineOf(recorded('odd.labels_special')).labels).toEqual([
      { key: 'a:b', value: 'c:d' },
      { key: 'empty', value: 'x y' },
      { key: 'url', value: 'https://e.example/?a=1&b=2' },
    ]);
  });

  it('is told apart from one of the same id in another namespace', () => {
    const names = ['odd.same_id_in_two_namespaces', 'odd.sub.same_id_in_two_namespaces'].map(
      (name) => pipelineOf(recorded(name)).name,
    );
    expect(new Set(names).size).toBe(2);
  });

  it('with dots in its id has them in its name and address', () => {
    expect(pipelineOf(recorded('odd.name_space-x.Case_Sensitive-Id.v2'))).toMatchObject({
      displayName: 'Case_Sensitive-Id.v2',
      namespace: 'odd.name_space-x',
      sourceUrl: 'https://kestra.example.com/ui/main/flows/edit/odd.name_space-x/Case_Sensitive-Id.v2',
    });
  });

  it('opens without a tenant on servers that know none', () => {
    const server = { uiUrl: 'https://kestra.example.com/kestra/ui', hiddenLabelPrefixes: [] };
    const { sourceUrl, tasks } = pipelineOf(flow(), { server });
    expect(sourceUrl).toBe('https://kestra.example.com/kestra/ui/flows/edit/a.b/f');
    expect(tasks[0]?.sourceUrl).toBe(sourceUrl);
  });

  it('has encoded segments in its address', () => {
    const server = { uiUrl: 'https://k/ui', tenant: 'a/b', hiddenLabelPrefixes: [] };
    expect(pipelineOf(flow({ id: 'x y' }), { server }).sourceUrl).toBe('https://k/ui/a%2Fb/flows/edit/a.b/x%20y');
  });

  it('that is disabled says so, and so does a disabled task', () => {
    expect(pipelineOf(recorded('company.team.disabled_flow')).enabled).toBe(false);
    const tasks = [{ id: 'off', type: 'x', disabled: true }];
    expect(pipelineOf(flow({ tasks })).tasks[0]?.enabled).toBe(false);
  });

  it('never shows labels that Kestra made', () => {
    const labels = [
      { key: 'system.correlationId', value: 'x' },
      { key: 'internal.x', value: 'x' },
      { key: 'team', value: 'data' },
      { key: ' ', value: 'x' },
    ];
    expect(pipelineOf(flow({ labels })).labels).toEqual([{ key: 'team', value: 'data' }]);
    const server = { uiUrl: 'https://k/ui', hiddenLabelPrefixes: [] };
    expect(pipelineOf(flow({ labels }), { server }).labels.map(({ key }) => key)).toEqual(['internal.x', 'team']);
  });

  it('shows the labels that the config wants', () => {
    const labels = ['team', 'env', 'pii'].map((key) => ({ key, value: 'x' }));
    const keys = (choice: object) =>
      pipelineOf(flow({ labels }), { config: { ownerLabel: 'owner', ...choice } }).labels.map(({ key }) => key);
    expect(keys({ labelIncludes: ['team', 'env'] })).toEqual(['team', 'env']);
    expect(keys({ labelExcludes: ['pii'] })).toEqual(['team', 'env']);
    expect(keys({ labelIncludes: ['team', 'pii'], labelExcludes: ['pii'] })).toEqual(['team']);
  });

  it('has its concurrency limit and its inputs, which are required unless they say otherwise', () => {
    const inputs = [
      { id: 'day', type: 'DATE', description: 'which day' },
      { id: 'force', type: 'BOOLEAN', required: false },
    ];
    expect(pipelineOf(flow({ inputs, concurrency: { limit: 2, behavior: 'QUEUE' } }))).toMatchObject({
      concurrency: 2,
      inputs: [
        { name: 'day', type: 'DATE', required: true, description: 'which day' },
        { name: 'force', type: 'BOOLEAN', required: false },
      ],
    });
  });

  it('lets no secret through: not in SQL, descriptions or labels, and no trigger’s key anywhere', () => {
    const secret = 'Sup3r-s3cret-value';
    const pipeline = pipelineOf(
      flow({
        description: `Calls https://user:${secret}@example.com`,
        labels: [{ key: 'url', value: `https://user:${secret}@example.com` }],
        tasks: [
          {
            id: 'q',
            type: 'io.kestra.plugin.jdbc.postgresql.Query',
            password: secret,
            sql: `ALTER USER x PASSWORD '${secret}'`,
          },
        ],
      }),
      { redactor: createRedactor([secret]) },
    );
    expect(JSON.stringify(pipeline)).not.toContain(secret);
    expect(pipeline.tasks[0]?.sql).toMatch(/^ALTER USER x PASSWORD/);
    expect(JSON.stringify(pipelineOf(recorded('data-eng.prod-1.webhook_flow')))).not.toContain('lab-webhook-key');
  });

  it('shows the SQL of its tasks', () => {
    const { tasks } = pipelineOf(recorded('demo.warehouse.pg_to_bq'));
    expect(tasks.some(({ sql = '' }) => /select/i.test(sql))).toBe(true);
    const athena = [{ id: 'q', type: 'io.kestra.plugin.aws.athena.Query', query: 'select 1' }];
    expect(pipelineOf(flow({ tasks: athena })).tasks[0]?.sql).toBe('select 1');
  });
});

describe('the owners of a flow', () => {
  const ownersOf = (labels: { key: string; value: string }[], config: object) =>
    pipelineOf(flow({ namespace: 'company.sales.eu', labels }), { config: { ownerLabel: 'owner', ...config } }).owners;

  it('are whom its label names, in the catalog’s words where they are mapped', () => {
    const label = [{ key: 'owner', value: 'ada' }];
    expect(ownersOf(label, {})).toEqual([{ name: 'ada', origin: 'label owner' }]);
    expect(ownersOf(label, { ownerMapping: { ada: 'ada@example.com', company: 'x' } })).toEqual([
      { name: 'ada@example.com', origin: 'label owner' },
    ]);
    expect(ownersOf([{ key: 'team', value: 'bi' }], { ownerLabel: 'team' })).toEqual([
      { name: 'bi', origin: 'label team' },
    ]);
  });

  it('are those of the nearest namespace without a label', () => {
    const ownerMapping = { company: 'everyone', 'company.sales': 'sales', 'company.sal': 'nobody' };
    expect(ownersOf([], { ownerMapping })).toEqual([{ name: 'sales', origin: 'namespace company.sales' }]);
    expect(ownersOf([{ key: 'owner', value: ' ' }], { ownerMapping })).toHaveLength(1);
    expect(ownersOf([], {})).toEqual([]);
  });
});

describe('the schedules of a flow', () => {
  it('are those in force: several, with nicknames, seconds and the time zone that a user set', () => {
    for (const version of ['0.20.5', '1.0.3', '2.0.0'] as const) {
      expect(pipelineOf(recorded('data-eng.prod-1.multi-schedule', version)).schedules).toEqual([
        { id: 'nightly', cron: '0 2 * * *', timezone: 'Europe/Paris' },
        { id: 'workdays', cron: '*/15 9-17 * * 1-5' },
        { id: 'with_seconds', cron: '0 0 3 1 * *' },
      ]);
    }
  });

  it('leave out what somebody switched off in the UI', () => {
    const isSwitchedOff = (triggerId: string) => triggerId === 'workdays';
    const { schedules } = pipelineOf(recorded('data-eng.prod-1.multi-schedule'), { isSwitchedOff });
    expect(schedules.map(({ id }) => id)).toEqual(['nightly', 'with_seconds']);
  });

  it('know nicknames, and no trigger of another type', () => {
    const triggers = [
      { id: 'a', type: 'io.kestra.plugin.core.trigger.Schedule', cron: '@hourly' },
      { id: 'b', type: 'io.kestra.plugin.core.trigger.Webhook', key: 'x' },
      { id: 'c', type: 'io.kestra.plugin.core.trigger.Schedule' },
    ];
    expect(pipelineOf(flow({ triggers })).schedules).toEqual([{ id: 'a', cron: '@hourly' }]);
  });
});
