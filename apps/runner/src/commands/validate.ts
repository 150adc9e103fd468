import { loadConfigs } from '../config/load-config.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { openSource } from '../run/open-source.js';
import type { Terminal } from '../terminal/terminal.js';

export interface ValidateFlags {
  config: string;
  source?: string;
}

export async function validateCommand(
  { config: file, source }: ValidateFlags,
  host: Host,
  terminal: Terminal,
): Promise<number> {
  const { environment, directory } = host;
  const configs = await loadConfigs(file, { environment, directory, source });
  for (const config of configs) {
    const { warnings, connector, workflow, ofAllTenants } = config;
    for (const warning of warnings) terminal.log('WARN', warning);
    // What only the connector can judge, such as its filter patterns, shows when it is opened.
    await (await openSource(config, { host, terminal })).close();
    const target = workflow.sink?.type === 'file' ? workflow.sink.config.filename : 'OpenMetadata';
    const { serviceName } = workflow.source;
    const service = ofAllTenants ? `service ${serviceName} for each tenant that it has` : `service ${serviceName}`;
    terminal.print(`${file} is valid: ${connector.title} → ${target}, ${service}\n`);
  }
  return exitCodes.done;
}
