import { createRedactor, type Redactor } from '@flowmeta/redact';
import { type LoadedConfig, loadConfig } from '../config/load-config.js';
import type { Host } from '../host.js';
import { askForTenants } from '../run/list-tenants.js';
import { warnAboutTls } from '../run/tls-warning.js';
import type { LogLevel } from '../terminal/log-levels.js';
import type { Terminal } from '../terminal/terminal.js';

interface SourceFlags {
  config: string;
  source?: string;
  logLevel?: LogLevel;
}

/**
 * The config of a command that reads one source and asks no OpenMetadata. The terminal has its log level, hides its secrets and these, and has
 * shown its warnings.
 */
export async function loadSource(
  flags: SourceFlags,
  { host, terminal, secrets }: { host: Host; terminal: Terminal; secrets: readonly string[] },
): Promise<{ config: LoadedConfig; redactor: Redactor }> {
  const config = await loadConfig(flags.config, {
    environment: host.environment,
    directory: host.directory,
    source: flags.source,
    tenantsOf: askForTenants({ host, terminal }),
    withoutTarget: true,
  });
  terminal.setLevel(flags.logLevel ?? config.workflow.workflowConfig.loggerLevel ?? 'INFO');
  const redactor = createRedactor([...config.secrets, ...secrets]);
  terminal.hide(redactor);
  for (const warning of config.warnings) terminal.log('WARN', warning);
  warnAboutTls(config, terminal);
  return { config, redactor };
}
