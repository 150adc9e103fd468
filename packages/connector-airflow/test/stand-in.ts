import type { ConnectorContext, EntityReference, LineageEdge, ReadOptions, SourceEvent } from '@flowmeta/connector';
import { type AirflowDataset, airflowDataset, type Fault, type Sandbox, startAirflowSandbox } from '@flowmeta/sandbox';
import type { AirflowClientOptions } from '../src/client/airflow-client.js';
import { airflowConfigSchema } from '../src/config.js';
import { connectAirflow } from '../src/connector.js';

/** The day on which everything was recorded. */
export const window = { since: Date.UTC(2026, 10, 22), until: Date.UTC(2026, 10, 23) };

export const auth = { username: 'catalog', password: 'Sup3r-s3cret-value' };

/** Nobody waits in tests. */
const hasty: Partial<AirflowClientOptions> = { retry: { baseDelayMs: 1, maxDelayMs: 1 } };

export interface Standing {
  major: 2 | 3;
  /** Changes what the server holds. */
  change?: (dataset: AirflowDataset) => void;
  faults?: Fault[];
}

export async function startAirflow({ major, change, faults }: Standing): Promise<Sandbox> {
  const dataset = airflowDataset(major);
  change?.(dataset);
  return startAirflowSandbox({ dataset, auth, ...(faults && { faults }) });
}

export function connect(
  url: string,
  { config = {}, context = {} }: { config?: object; context?: Partial<ConnectorContext> } = {},
) {
  return connectAirflow(
    airflowConfigSchema.parse({ hostPort: url, ...auth, ...config }),
    { now: () => window.until, serviceName: 'airflow', ...context },
    hasty,
  );
}

/** All events of one read of a stand-in that is started for it. */
export async function readAirflow(
  standing: Standing,
  options: Partial<ReadOptions> = {},
  connection: Parameters<typeof connect>[1] = {},
): Promise<{ events: SourceEvent[]; requests: Record<string, number> }> {
  const server = await startAirflow(standing);
  const connector = connect(server.url, connection);
  try {
    const events: SourceEvent[] = [];
    for await (const event of connector.read({ ...window, ...options })) events.push(event);
    return { events, requests: server.requestCounts() };
  } finally {
    await connector.close();
    await server.close();
  }
}

const nameOf = (end: EntityReference): string => {
  if (end.kind === 'pipeline') return end.external ? `${end.name} (elsewhere)` : end.name;
  if (end.kind === 'entity') return end.fqn;
  const { dataset } = end;
  if (dataset.kind === 'table') return `${dataset.platform}:${dataset.database}.${dataset.schema}.${dataset.name}`;
  return dataset.kind === 'container' ? `${dataset.bucket}/${dataset.path}` : dataset.name;
};
const textOf = ({ from, to, pipeline, description, evidence }: LineageEdge): string =>
  [nameOf(from), '→', nameOf(to), ...(pipeline ? [`by ${pipeline}`] : []), `(${description})`, evidence ?? '']
    .join(' ')
    .trim();
/** Edges as text, sorted. */
export const edgesOf = (events: SourceEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'lineage' ? [textOf(event.edge)] : [])).sort();
