import type { EntityTotals, PipelineReport, RunReport, RunState } from '@flowmeta/connector';

const end = Date.UTC(2026, 0, 31, 6, 2, 41);
const hour = 3_600_000;

/** The same pseudo-random numbers on every run. */
function randomSource(): (limit: number) => number {
  let seed = 20_260_131;
  return (limit) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
}

const types = [
  'io.kestra.plugin.core.http.Download',
  'io.kestra.plugin.scripts.python.Script',
  'io.kestra.plugin.jdbc.postgresql.Query',
  'io.kestra.plugin.jdbc.snowflake.Query',
  'io.kestra.plugin.dbt.cli.DbtCLI',
  'io.kestra.plugin.core.log.Log',
  'io.kestra.plugin.gcp.bigquery.LoadFromGcs',
];
const subjects = [
  'orders',
  'customers',
  'invoices',
  'inventory',
  'clickstream',
  'exchange_rates',
  'shipments',
  'tickets',
];
const verbs = ['load', 'clean', 'publish', 'reconcile', 'snapshot', 'export'];
const namespaces = [
  'company.sales',
  'company.finance',
  'company.marketing',
  'company.platform.ingest',
  'company.data.mart',
];

/** A run over `count` pipelines as a company might have them: most are well, a few are not. */
export function sampleReport(count: number): RunReport {
  const random = randomSource();
  const pipelines = Array.from({ length: count }, (_, index) => samplePipeline(index, random));
  const outcomes = (outcome: PipelineReport['outcome']): number =>
    pipelines.filter((pipeline) => pipeline.outcome === outcome).length;
  const runs = pipelines.reduce((sum, { runs }) => sum + runs.read, 0);
  return {
    formatVersion: 1,
    runId: 'b7c1e0a4',
    outcome: 'partial',
    startedAt: end - 161_000,
    endedAt: end,
    window: { since: end - 24 * hour, until: end - 161_000 },
    dryRun: false,
    source: { connector: 'kestra', description: 'Kestra 1.0.3 at https://kestra.company.example, tenant main' },
    target: {
      kind: 'openmetadata',
      description: 'OpenMetadata 1.9.4 at https://catalog.company.example',
      service: 'kestra_prod',
    },
    totals: {
      pipelines: totals(count + 5, {
        created: outcomes('created'),
        updated: outcomes('updated'),
        unchanged: outcomes('unchanged') + outcomes('kept'),
        failed: outcomes('failed'),
        filtered: 3,
        skipped: 2,
      }),
      runs: totals(runs, { created: runs - Math.floor(runs * 0.7), unchanged: Math.floor(runs * 0.7) }),
      edges: totals(34, { created: 4, unchanged: 29, failed: 1 }),
      tags: { created: 6 },
    },
    requests: {
      source: {
        total: 418,
        retried: 3,
        byEndpoint: { 'GET /api/v1/main/executions/search': 301, 'GET /api/v1/main/flows/search': 117 },
      },
      target: {
        total: 963,
        retried: 1,
        byEndpoint: {
          'PUT /v1/pipelines/{fqn}/status': 802,
          'PUT /v1/pipelines': 113,
          'PUT /v1/lineage': 34,
          'GET /v1/pipelines': 14,
        },
      },
    },
    pipelines,
    skipped: [
      {
        ref: 'company.legacy.old_export',
        message: 'The flow cannot be read: its plugin io.kestra.plugin.sap.Query is not installed',
        hint: 'Install the plugin on the server, or remove the flow.',
        count: 1,
      },
      {
        ref: 'company.legacy.nightly',
        message: 'The answer was HTML, not JSON (502 Bad Gateway)',
        hint: 'Look at the proxy in front of Kestra.',
        count: 1,
      },
    ],
    failed: [
      {
        ref: pipelines[6]?.name ?? 'company.sales.x',
        message: '400 Bad Request: pipeline description must not be longer than 65535 characters',
        hint: 'Shorten the description of the flow.',
        count: 1,
      },
      {
        ref: 'table warehouse.public.orders_2024',
        message: '404 Not Found: the table of a lineage edge is not in the catalog',
        hint: 'Ingest the database first.',
        count: 4,
      },
    ],
    warnings: [
      { ref: '', message: 'The option includeTags has no effect on this version of OpenMetadata', count: 1 },
      ...[3, 9, 14, 22].flatMap((index) =>
        pipelines[index]
          ? [
              {
                ref: pipelines[index].name,
                message: 'No user or team named "data-eng" for the label owner',
                hint: 'Create the team, or map the name in the config.',
                count: 1 + index,
              },
            ]
          : [],
      ),
    ],
  };
}

function totals(read: number, others: Partial<EntityTotals>): EntityTotals {
  return { created: 0, updated: 0, unchanged: 0, filtered: 0, skipped: 0, failed: 0, ...others, read };
}

function samplePipeline(index: number, random: (limit: number) => number): PipelineReport {
  const namespace = namespaces[index % namespaces.length]!;
  const id = `${verbs[index % verbs.length]}_${subjects[(index * 5 + Math.floor(index / 40)) % subjects.length]}${index >= 40 ? `_v${Math.floor(index / 40) + 1}` : ''}`;
  const name = `${namespace}.${id}`;
  const outcome =
    index === 6
      ? 'failed'
      : index % 11 === 3
        ? 'created'
        : index % 7 === 5
          ? 'updated'
          : index === 20
            ? 'kept'
            : 'unchanged';
  const read = index % 9 === 8 ? 0 : 1 + random(30);
  const latest = Array.from({ length: Math.min(10, read) }, (_, run) => {
    const startedAt = end - hour - run * 2 * hour - random(1_800_000);
    const draw = random(20);
    const state: RunState =
      run === 0 && index % 13 === 4
        ? 'running'
        : draw < 15
          ? 'succeeded'
          : draw < 17
            ? 'failed'
            : draw < 18
              ? 'warning'
              : draw < 19
                ? 'cancelled'
                : 'skipped';
    const url = `https://kestra.company.example/ui/main/executions/${namespace}/${id}/${index}x${run}`;
    return {
      id: `${index}x${run}`,
      state,
      startedAt,
      url,
      ...(state === 'running' ? {} : { endedAt: startedAt + 4_000 + random(900_000) }),
    };
  });
  const byState: Partial<Record<RunState, number>> = {};
  for (const { state } of latest) byState[state] = (byState[state] ?? 0) + 1;
  return {
    name,
    displayName: id,
    namespace,
    description:
      index % 3 === 0
        ? `Keeps the ${subjects[index % subjects.length]} of the warehouse up to date.\nAsk in #data-help when it is late.`
        : '',
    sourceUrl: `https://kestra.company.example/ui/main/flows/edit/${namespace}/${id}`,
    fqn: `kestra_prod."${name}"`,
    outcome,
    enabled: index % 17 !== 12,
    ...(index === 11
      ? {
          degraded:
            'The server cannot parse this flow (unknown type io.kestra.plugin.sap.Query); tasks are read from its YAML',
        }
      : {}),
    schedules:
      index % 4 === 1
        ? []
        : [
            {
              id: 'every',
              cron: ['0 6 * * *', '*/15 * * * *', '@daily', '30 2 * * 1-5'][index % 4]!,
              ...(index % 8 === 0 ? { timezone: 'Europe/Berlin' } : {}),
            },
          ],
    ...sampleTasks(index, random),
    labels:
      index % 2 === 0
        ? [
            { key: 'team', value: namespace.split('.')[1]! },
            { key: 'tier', value: String(1 + (index % 3)) },
          ]
        : [],
    owners: index % 5 === 0 ? ['data-platform', 'ada@company.example'] : [],
    runs: { read, written: read - Math.floor(read / 2), unchanged: Math.floor(read / 2), failed: 0, byState, latest },
  };
}

/** Extract, parallel parts of varying depth, checks, load; error and finally branches on some; a very large one at 7. */
function sampleTasks(index: number, random: (limit: number) => number): Pick<PipelineReport, 'tasks' | 'edges'> {
  const tasks: PipelineReport['tasks'] = [];
  const edges: PipelineReport['edges'] = [];
  const add = (name: string, after: string[], extra: Partial<PipelineReport['tasks'][number]> = {}): string => {
    tasks.push({ name, type: types[(tasks.length + index) % types.length]!, enabled: true, ...extra });
    for (const from of after) edges.push({ from, to: name });
    return name;
  };
  const chainLength = index === 2 ? 30 : 0;
  let last = [add('start', [])];
  for (let step = 0; step < chainLength; step += 1) last = [add(`step_${step + 1}`, last)];
  const parts = index === 7 ? 14 : 1 + random(5);
  for (let stage = 0; stage < (index === 7 ? 3 : 1 + (index % 2)); stage += 1) {
    const ends = Array.from({ length: parts }, (_, part) => {
      const first = add(
        `extract_${subjects[part % subjects.length]}_${stage + 1}${part >= subjects.length ? `_part_${part}` : ''}`,
        last,
      );
      return part % 2 === 0 ? add(`validate_${stage + 1}_${part}`, [first], { enabled: part !== 2 }) : first;
    });
    last = [add(`merge_stage_${stage + 1}_with_everything_before`, stage === 1 ? [...ends, 'start'] : ends)];
  }
  add('load_warehouse', last);
  if (index % 3 === 0) {
    const alert = add('notify_on_call', [], { branch: 'error' });
    add('open_incident', [alert], { branch: 'error' });
    add('drop_staging_tables', [], { branch: 'finally' });
  }
  return { tasks, edges };
}
