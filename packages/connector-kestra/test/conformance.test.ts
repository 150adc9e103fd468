import { type ConnectorDefinition, VerdictError } from '@flowmeta/connector';
import { type ConformanceSubject, describeConnector } from '@flowmeta/connector/testing';
import type { KestraClient, KestraFlow } from '@flowmeta/kestra-client';
import { kestraVersions } from '@flowmeta/recordings';
import { kestraConfigSchema } from '../src/config.js';
import { connectKestra, kestraConnector } from '../src/connector.js';
import { recordedClient, type Snapshot, snapshot } from './recorded-client.js';

const password = 'Sup3r-s3cret-value';
const planted = 'hunter22zebra';
const config = kestraConfigSchema.parse({ hostPort: 'https://kestra.example.com', username: 'ada', password });
const context = { now: () => Date.UTC(2026, 10, 22, 12), serviceName: 'kestra' };
const window = { since: Date.UTC(2026, 10, 22), until: Date.UTC(2026, 10, 23) };

const unreadable = (message: string) => new VerdictError(message, { verdict: 'skip' });

/** A recorded server, some of whose flows hold secrets, in all circumstances that the suite asks for. */
function subjectOf(name: string, recorded: Snapshot): ConformanceSubject {
  const withSecrets = (flow: KestraFlow): KestraFlow => ({
    ...flow,
    description: `${flow.description ?? ''} Runs with password=${planted}.`,
    labels: [...flow.labels, { key: 'password', value: planted }],
    triggers: [...flow.triggers, { id: 'hook', type: 'io.kestra.plugin.core.trigger.Webhook', key: planted }],
  });
  const source: Snapshot = { ...recorded, flows: recorded.flows.map(withSecrets) };
  const client = recordedClient(source);
  // Not each one was asked for by its id.
  const execution: KestraClient['execution'] = async (id) =>
    source.executionsById.get(id) ?? source.executions.find((each) => each.id === id);
  const connect = (overrides: Partial<KestraClient> = {}, of = source) =>
    connectKestra(recordedClient(of, { execution, ...overrides }), config, context);
  const flowKey = ({ namespace, flowId }: { namespace: string; flowId: string }) => `${namespace}.${flowId}`;
  const busy = new Set(source.executions.map(flowKey));
  const victim = source.flows.find((flow) => busy.has(flowKey({ ...flow, flowId: flow.id })))!;
  const [run] = source.executions.filter((execution) => execution.flowId === victim.id);
  return {
    name,
    window,
    definition: kestraConnector as ConnectorDefinition,
    secrets: [password, planted],
    open: () => connect(),
    worlds: {
      unreachable: () =>
        connect({
          server: async () => {
            throw new VerdictError(`connect ECONNREFUSED`, { verdict: 'retry' });
          },
          flow: async () => {
            throw new VerdictError(`connect ECONNREFUSED`, { verdict: 'retry' });
          },
        }),
      hanging: () =>
        connect({ flows: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }) as never }),
      brokenPipeline: () =>
        connect({
          async *flows(options) {
            for await (const flow of client.flows(options)) {
              if (flow.id !== victim.id || flow.namespace !== victim.namespace) yield flow;
              else options?.onUnreadable?.({ ref: `${flow.namespace}.${flow.id}`, error: unreadable('no tasks') });
            }
          },
        }),
      brokenRun: () =>
        connect({
          async *executions(options) {
            for await (const execution of client.executions(options)) {
              if (execution.id !== run!.id) yield execution;
              else options.onUnreadable?.({ ref: execution.id, error: unreadable('no state') });
            }
          },
        }),
      changed: () =>
        connect(
          {},
          {
            ...source,
            flows: source.flows.map((flow) =>
              flow === victim ? { ...flow, revision: (flow.revision ?? 0) + 1, description: 'another one' } : flow,
            ),
          },
        ),
    },
  };
}

for (const version of kestraVersions) describeConnector(subjectOf(`Kestra ${version}`, snapshot(version)));
describeConnector(subjectOf('Kestra 1.0.3 without the plugins of its flows', snapshot('1.0.3', 'fill-np')));
