import type { ConnectorContext, ReadOptions, SourceEvent } from '@flowmeta/connector';
import type { KestraClient } from '@flowmeta/kestra-client';
import { kestraConfigSchema } from '../src/config.js';
import { connectKestra } from '../src/connector.js';
import { type Call, recordedClient, type Snapshot, snapshot } from './recorded-client.js';

/** The day on which everything was recorded. */
export const window = { since: Date.UTC(2026, 10, 22), until: Date.UTC(2026, 10, 23) };

export interface Reading {
  of?: Snapshot;
  config?: object;
  options?: Partial<ReadOptions>;
  selection?: ConnectorContext['selection'];
  overrides?: Partial<KestraClient>;
  calls?: Call[];
}

/** All events of one read over a recorded server. */
export async function read({
  of = snapshot('1.0.3'),
  config = {},
  options = {},
  selection,
  overrides = {},
  calls = [],
}: Reading = {}): Promise<SourceEvent[]> {
  const connector = connectKestra(
    recordedClient(of, overrides, calls),
    kestraConfigSchema.parse({ hostPort: 'https://kestra.example.com', ...config }),
    { now: () => window.until, serviceName: 'kestra', ...(selection && { selection }) },
  );
  const events: SourceEvent[] = [];
  for await (const event of connector.read({ ...window, ...options })) events.push(event);
  await connector.close();
  return events;
}
