import {
  type Capabilities,
  capabilitiesFor,
  mapPipeline,
  type PipelineDraft,
  type PipelineStatus,
} from '@flowmeta/om-mapper';
import { type OpenMetadataSandbox, type OpenMetadataSandboxOptions, startOpenMetadataSandbox } from '@flowmeta/sandbox';
import {
  createOmClient,
  createOpenMetadataSink,
  type OmClientOptions,
  type Sink,
  type SinkOptions,
} from '../src/index.js';

type Pipeline = Parameters<typeof mapPipeline>[0];

export const service = 'kestra';
export const classification = 'KestraLabels';
export const fqn = 'kestra."company.team.daily"';

/** A small pipeline of the model; tests change what they are about. */
export function pipelineOf(change: Partial<Pipeline> = {}): Pipeline {
  return {
    name: 'company.team.daily',
    displayName: 'daily',
    description: 'Loads orders.',
    namespace: 'company.team',
    sourceUrl: 'https://kestra.example.com/ui/main/flows/edit/company.team/daily',
    enabled: true,
    revision: '1',
    tasks: [
      { name: 'extract', type: 'io.kestra.plugin.core.log.Log', enabled: true },
      { name: 'load', type: 'io.kestra.plugin.core.log.Log', enabled: true },
    ],
    edges: [{ from: 'extract', to: 'load' }],
    schedules: [{ id: 'nightly', cron: '0 2 * * *' }],
    labels: [{ key: 'team', value: 'data' }],
    owners: [],
    inputs: [],
    ...change,
  };
}

/** A status of it, like the mapper makes. */
export function statusOf(timestamp: number, change: Partial<PipelineStatus> = {}): PipelineStatus {
  return {
    timestamp,
    executionStatus: 'Successful',
    taskStatus: [{ name: 'extract', executionStatus: 'Successful', startTime: timestamp, endTime: timestamp + 5 }],
    ...change,
  };
}

export interface Harness {
  sandbox: OpenMetadataSandbox;
  capabilities: Capabilities;
  /** A sink of one run, not yet open. */
  sink(options?: Partial<SinkOptions>, client?: Partial<OmClientOptions>): Sink;
  /** One that is open. */
  open(options?: Partial<SinkOptions>, client?: Partial<OmClientOptions>): Promise<Sink>;
  draft(change?: Partial<Pipeline>): PipelineDraft;
  /** What a person or another tool sends; `as` is a user's name. */
  request(
    method: string,
    path: string,
    options?: { body?: unknown; as?: string },
  ): Promise<{ status: number; body: unknown }>;
  /** The one pipeline as the catalog has it. */
  stored(name?: string): Record<string, unknown>;
  /** Requests since the last call, `METHOD path` with the base cut off. */
  sent(): string[];
  close(): Promise<void>;
}

export async function startHarness(options: OpenMetadataSandboxOptions = {}): Promise<Harness> {
  const sandbox = await startOpenMetadataSandbox(options);
  const { capabilities } = capabilitiesFor(`${options.version ?? '1.6'}.0`);
  const sinks: Sink[] = [];
  let seen = 0;

  const sink: Harness['sink'] = (sinkOptions, clientOptions) => {
    const client = createOmClient({
      hostPort: sandbox.url,
      jwtToken: sandbox.token,
      retry: { baseDelayMs: 1, maxDelayMs: 5 },
      outage: { sleep: async () => {} },
      ...clientOptions,
    });
    const made = createOpenMetadataSink(client, { service, classification, ...sinkOptions });
    sinks.push(made);
    return made;
  };

  return {
    sandbox,
    capabilities,
    sink,
    async open(sinkOptions, clientOptions) {
      const made = sink(sinkOptions, clientOptions);
      await made.open();
      return made;
    },
    draft: (change) => mapPipeline(pipelineOf(change), { service, capabilities, classification }),
    async request(method, path, { body, as } = {}) {
      const token = as === undefined ? sandbox.token : `${sandbox.token}.${as}`;
      const response = await fetch(`${sandbox.url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': method === 'PATCH' ? 'application/json-patch+json' : 'application/json',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    stored(name = 'company.team.daily') {
      const pipeline = sandbox.catalog.pipelines().find((candidate) => candidate.name === name);
      if (pipeline === undefined) throw new Error(`the catalog has no ${name}`);
      return pipeline;
    },
    sent() {
      const requests = sandbox.requests.slice(seen);
      seen = sandbox.requests.length;
      return requests.map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`);
    },
    async close() {
      for (const made of sinks) await made.close();
      await sandbox.close();
    },
  };
}
