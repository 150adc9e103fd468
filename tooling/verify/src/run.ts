import type { RunReport } from '@flowmeta/connector';
import { connectKestra, kestraConnector } from '@flowmeta/connector-kestra';
import { ingest } from '@flowmeta/ingestion';
import { createKestraClient } from '@flowmeta/kestra-client';
import { createOmClient, createOpenMetadataSink } from '@flowmeta/om-sink';
import type { Dispatcher } from 'undici';
import { ownerMapping, type World } from './world.js';

/** What a request of a hurried run may take, ms. Short, so that a test can wait for it; long enough for a busy machine. */
export const hurriedTimeoutMs = 700;

/** Whatever real runs wait minutes for happens within a second. */
const impatience = {
  retry: { retries: 2, retriesOn500: 1, baseDelayMs: 1, maxDelayMs: 10 },
  circuit: { failures: 20, requests: 3, probeAfterMs: 20, patienceMs: 200 },
};

export interface RunOptions {
  kestra: { url: string };
  openMetadata: { url: string; token: string };
  world: Pick<World, 'since' | 'until'>;
  signal?: AbortSignal;
  /** With short time-outs; else a busy machine has time. */
  isHurried?: boolean;
  /** Stands between a client and its server. */
  dispatchers?: { kestra?: Dispatcher; openMetadata?: Dispatcher };
}

/** One ingestion in this process, by the real connector and the real sink over HTTP. */
export async function run(options: RunOptions): Promise<RunReport> {
  const { kestra, openMetadata, world, signal, isHurried = false, dispatchers = {} } = options;
  const { since, until } = world;
  const hurry = { ...impatience, timeoutMs: isHurried ? hurriedTimeoutMs : 15_000 };
  const now = () => until;
  const config = kestraConnector.configSchema.parse({ type: 'Kestra', hostPort: kestra.url, ownerMapping });
  const source = createKestraClient({
    url: kestra.url,
    ...hurry,
    ...(dispatchers.kestra && { dispatcher: dispatchers.kestra }),
  });
  const connector = connectKestra(source, config, { now, serviceName: 'kestra' });
  const target = createOmClient({
    hostPort: `${openMetadata.url}/api`,
    jwtToken: openMetadata.token,
    ...hurry,
    outage: { waits: Array.from({ length: 40 }, () => 1) },
    ...(dispatchers.openMetadata && { dispatcher: dispatchers.openMetadata }),
  });
  const sink = createOpenMetadataSink(target, { service: 'kestra', classification: 'KestraLabels' });
  try {
    return await ingest({
      connector,
      sink,
      source: { connector: 'kestra', description: kestra.url },
      service: 'kestra',
      classification: 'KestraLabels',
      since,
      until,
      now,
      runId: 'verify',
      ...(signal && { signal }),
    });
  } finally {
    await Promise.all([connector.close(), sink.close()]);
  }
}
