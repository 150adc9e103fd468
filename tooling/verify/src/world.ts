import { type KestraVersion, kestraDataset } from '@flowmeta/recordings';
import { demoCatalog, type KestraDataset, type OpenMetadataSandbox, startOpenMetadataSandbox } from '@flowmeta/sandbox';

/** A source at two moments, and the version of the catalog that it is brought to. */
export interface World {
  name: string;
  openMetadata: string;
  /** As the first, good run finds it. */
  before: KestraDataset;
  /** As the run under test finds it. */
  now: KestraDataset;
  since: number;
  until: number;
}

type Entry = KestraDataset['flows'][number];
type Switchable = { flowId?: string; triggerId?: string; disabled?: boolean };
type Flow = Record<string, unknown> & { tasks: Record<string, unknown>[] };

const names = [
  'company.team.child',
  'company.team.parent_subflow',
  'company.team.linear',
  'company.team.parallel',
  'hackathon.demo.cron_etl',
  'hackathon.demo.downstream_consumer',
  'demo.warehouse.pg_to_bq',
  'demo.warehouse.kafka_clickhouse',
  'data-eng.prod-1.unicode-desc',
  'data-eng.prod-1.multi-schedule',
];
/** A flow that the server cannot parse any more. */
const broken = 'demo.warehouse.kafka_clickhouse';

const nameOf = ({ namespace, flowId, id }: { namespace: string; flowId?: string; id: string }): string =>
  `${namespace}.${flowId ?? id}`;

/** A label that names an owner, as one recorded flow has it. */
const owner = { key: 'owner', value: 'José Ñandú' };

/** How a flow looked before its last revision. */
const earlier: Record<string, (flow: Flow) => Partial<Flow>> = {
  'hackathon.demo.cron_etl': () => ({ description: 'Nightly ETL', labels: [{ key: 'team', value: 'data' }, owner] }),
  'company.team.parent_subflow': ({ tasks }) => ({
    tasks: [
      ...tasks,
      {
        id: 'call_etl',
        type: 'io.kestra.plugin.core.flow.Subflow',
        namespace: 'hackathon.demo',
        flowId: 'cron_etl',
      },
    ],
  }),
  'data-eng.prod-1.unicode-desc': () => ({ labels: [{ key: 'env', value: 'prod' }] }),
  'demo.warehouse.pg_to_bq': ({ tasks }) => ({
    tasks: tasks.map((task) =>
      task.id === 'build_daily'
        ? {
            ...task,
            sql: 'CREATE OR REPLACE TABLE `acme-dwh.mart.daily_sales` AS SELECT s.user_id FROM `project.dataset.sessions` s',
          }
        : task,
    ),
  }),
};

/** What else a flow has in its last revision: this one had its owner before, and keeps it. */
const later: Record<string, (flow: Entry['flow']) => Record<string, unknown>> = {
  'hackathon.demo.cron_etl': ({ labels }) => ({ labels: [...(labels as object[]), owner] }),
};

function asBefore(entry: Entry): Entry {
  const change = earlier[nameOf(entry.flow)];
  if (change === undefined) return entry;
  const flow = { ...entry.flow, ...change(entry.flow as unknown as Flow), revision: 1 } as Entry['flow'];
  // The recorded graph is that of the later definition.
  return { ...entry, flow, graph: { status: 404, body: { message: 'Not Found' } } };
}

/**
 * A schedule of one flow has been switched off in the UI, which the definition doesn't show. The list of triggers lacks that of another,
 * as it does where Kestra can't read what they are.
 */
function withSwitches(triggers: unknown[]): unknown[] {
  return triggers.map((row) => {
    const { triggerContext, state = triggerContext, ...declared } = structuredClone(row) as Record<string, Switchable>;
    if (state?.flowId === 'multi-schedule' && state.triggerId === 'nightly') state.disabled = true;
    return { ...(triggerContext ? { triggerContext } : { state }), ...(state?.flowId === 'cron_etl' ? {} : declared) };
  });
}

const started = ({ state }: Record<string, unknown>): number =>
  Date.parse(String((state as { startDate?: unknown }).startDate));

/** An execution while it was still going on. */
function running(execution: KestraDataset['executions'][number]): KestraDataset['executions'][number] {
  const { startDate } = execution.state as { startDate: string };
  const state = { current: 'RUNNING', startDate, histories: [{ state: 'RUNNING', date: startDate }] };
  return { ...execution, state, taskRunList: [] };
}

/** Ten flows of a recorded server, and what may have changed since the last run: each kind of write is needed. */
export function recordedWorld(version: KestraVersion, openMetadata: string): World {
  const dataset = kestraDataset(version, { plugins: true }) as KestraDataset;
  const bare = kestraDataset(version, { plugins: false }) as KestraDataset;
  const flows = dataset.flows.filter(({ flow }) => names.includes(nameOf(flow)));
  const unparsed = bare.flows.find(({ flow }) => nameOf(flow) === broken);
  const executions = dataset.executions
    .filter((execution) => names.includes(nameOf(execution)))
    .sort((a, b) => started(a) - started(b));
  const cut = Math.floor(executions.length / 2);
  const triggers = withSwitches(dataset.triggers);
  const revised = ({ flow, ...entry }: Entry): Entry => ({
    ...entry,
    flow: earlier[nameOf(flow)] === undefined ? flow : { ...flow, ...later[nameOf(flow)]?.(flow), revision: 2 },
  });
  return {
    name: `Kestra ${version}, OpenMetadata ${openMetadata}`,
    openMetadata,
    before: {
      ...dataset,
      triggers,
      flows: flows.filter(({ flow }) => nameOf(flow) !== 'company.team.linear').map(asBefore),
      executions: executions.slice(0, cut).map((each, index) => (index % 7 === 6 ? running(each) : each)),
    },
    now: {
      ...dataset,
      triggers,
      flows: flows.map((entry) => (nameOf(entry.flow) === broken && unparsed ? unparsed : revised(entry))),
      executions,
    },
    since: Math.min(...executions.map(started)) - 1,
    until: Date.parse(dataset.takenAt),
  };
}

/** A catalog as it is before Flowmeta comes: tables, files and topics are there, and a user who owns things. */
export async function startCatalog({ openMetadata }: World): Promise<OpenMetadataSandbox> {
  const sandbox = await startOpenMetadataSandbox({ version: openMetadata });
  sandbox.seedDatasets(demoCatalog());
  sandbox.seed('user', { name: 'jose', email: 'jose@example.com' });
  return sandbox;
}

/** Maps the owner label to the user. */
export const ownerMapping = { [owner.value]: 'jose' };
