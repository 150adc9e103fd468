import type { Host } from '../host.js';
import type { LogLevel } from '../terminal/log-levels.js';
import type { Terminal } from '../terminal/terminal.js';
import { parseAddress } from '../watch/address.js';
import { type StatusServer, serveStatus } from '../watch/serve-status.js';
import { watch } from '../watch/watch.js';
import { createWatchStatus } from '../watch/watch-status.js';

export interface WatchFlags {
  config: string;
  source?: string;
  interval?: string;
  /** False for `--no-listen`. */
  listen: string | false;
  namespace?: string[];
  auditLog?: string;
  logLevel?: LogLevel;
}

/** Keeps OpenMetadata up to date until a signal ends it. */
export async function watchCommand(flags: WatchFlags, host: Host, terminal: Terminal): Promise<number> {
  const address = flags.listen === false ? undefined : parseAddress(flags.listen);
  const status = createWatchStatus({ now: host.now });
  let server: StatusServer | undefined;
  try {
    return await watch({
      host,
      terminal,
      status,
      file: flags.config,
      source: flags.source,
      interval: flags.interval,
      logLevel: flags.logLevel,
      namespaces: flags.namespace,
      auditLog: flags.auditLog,
      async onReady() {
        if (!address) return;
        server = await serveStatus(address, status);
        terminal.log('INFO', `${server.url} has /healthz, /readyz and /metrics`);
      },
    });
  } finally {
    await server?.close();
  }
}
