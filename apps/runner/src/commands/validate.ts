import { loadConfig } from '../config/load-config.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';

export async function validateCommand(
  { config: file }: { config: string },
  { environment, directory }: Host,
  terminal: Terminal,
): Promise<number> {
  const { warnings, connector, workflow } = await loadConfig(file, { environment, directory });
  for (const warning of warnings) terminal.log('WARN', warning);
  const target = workflow.sink?.type === 'file' ? workflow.sink.config.filename : 'OpenMetadata';
  terminal.print(`${file} is valid: ${connector.title} → ${target}, service ${workflow.source.serviceName}\n`);
  return exitCodes.done;
}
