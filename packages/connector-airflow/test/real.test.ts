import type { KnownPipeline, SourceEvent } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { airflowConfigSchema } from '../src/config.js';
import { connectAirflow } from '../src/connector.js';

// Against a real Airflow with the DAGs of `tooling/airflow/dags`: `pnpm test:airflow` starts one.

const {
  FLOWMETA_AIRFLOW: hostPort,
  FLOWMETA_AIRFLOW_USER: username,
  FLOWMETA_AIRFLOW_PASSWORD: password,
} = process.env;

describe.skipIf(hostPort === undefined)('a real Airflow', () => {
  it('is read whole, and the same DAGs have the same fingerprints when it has parsed them again', async () => {
    const airflow = connectAirflow(airflowConfigSchema.parse({ hostPort, username, password }), {
      now: () => Date.now(),
      serviceName: 'airflow',
    });
    const failed: string[] = [];
    for await (const { name, status, message } of airflow.check()) {
      console.log(`${status.padEnd(7)} ${name}: ${message}`);
      if (status !== 'passed') failed.push(name);
    }
    expect(failed).toEqual([]);

    const known = new Map<string, { fingerprint: string; tasks: KnownPipeline['tasks'] }>();
    const read = async (openRuns: boolean): Promise<SourceEvent[]> => {
      const until = Date.now();
      const fingerprints = new Map<string, string>();
      const events: SourceEvent[] = [];
      const options = {
        since: until - 86_400_000,
        until,
        openRuns,
        known: async (name: string, fingerprint: string) => {
          fingerprints.set(name, fingerprint);
          const before = known.get(name);
          return before?.fingerprint === fingerprint ? { tasks: before.tasks } : undefined;
        },
      };
      for await (const event of airflow.read(options)) {
        events.push(event);
        if (event.kind !== 'pipeline') continue;
        const { name, tasks } = event.pipeline;
        known.set(name, { fingerprint: fingerprints.get(name)!, tasks: tasks.map((task) => task.name) });
      }
      return events;
    };
    const count = (events: SourceEvent[]): Record<string, number> => {
      const kinds: Record<string, number> = {};
      for (const { kind } of events) kinds[kind] = (kinds[kind] ?? 0) + 1;
      return kinds;
    };
    const first = await read(false);
    console.log('first read', count(first));
    for (const event of first) {
      if (event.kind === 'skipped') console.log(`skipped ${event.ref}: ${event.error.message}`);
      if (event.kind === 'warning') console.log(`warning: ${event.message}`);
    }
    expect(first.filter(({ kind }) => kind === 'skipped')).toEqual([]);
    expect([...known.keys()]).toEqual(expect.arrayContaining(['shop.orders.etl', 'ops.parent', 'assets_producer']));
    expect(known.get('shop.orders.etl')?.tasks).toHaveLength(10);
    for (const kind of ['listed', 'linked', 'checkpoint'] as const) {
      expect(first.filter((event) => event.kind === kind)).toHaveLength(1);
    }
    // Airflow reads its files every few seconds.
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    const second = await read(true);
    console.log('second read', count(second));
    expect(second.flatMap((event) => (event.kind === 'pipeline' ? [event.pipeline.name] : []))).toEqual([]);
    const [counted] = await airflow.countRuns!([{ since: Date.now() - 86_400_000, until: Date.now() }]);
    expect(counted!.runs).toBeGreaterThanOrEqual(second.filter(({ kind }) => kind === 'run').length);
    await airflow.close();
  }, 300_000);
});
