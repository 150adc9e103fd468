import { loadConfig } from '../config/load-config.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { openSource } from '../run/open-source.js';
import type { Terminal } from '../terminal/terminal.js';

export async function validateCommand(
  { config: file }: { config: string },
  host: Host,
  terminal: Terminal,
): Promise<number> {
  const { environment, directory } = host;
  const config = await loadConfig(file, { environment, directory });
  const { warnings, connector, workflow } = config;
  for (const warning of warnings) terminal.log('WARN', warning);
  // What only the connector can judge, such as its filter patterns, shows when it is opened.
  await (await openSource(config, { host, terminal })).close();
  const target = workflow.sink?.type === 'file' ? workflow.sink.config.filename : 'OpenMetadata';
  terminal.print(`${file} is valid: ${connector.title} → ${target}, service ${workflow.source.serviceName}\n`);
  return exitCodes.done;
}
