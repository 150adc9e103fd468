import { hintOf } from '@flowmeta/connector';
import { connectorRegistry } from '../config/connectors.js';
import { configJsonSchema } from '../config/json-schema.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';

export async function schemaCommand(
  { connector: name }: { connector: string },
  { host, terminal }: { host: Host; terminal: Terminal },
): Promise<number> {
  const registry = connectorRegistry({ directory: host.directory });
  const definition = await registry.load(name, { installed: true }).catch((error: unknown) => {
    throw new UsageError((error as Error).message, hintOf(error));
  });
  terminal.print(`${JSON.stringify(configJsonSchema(definition), null, 2)}\n`);
  return exitCodes.done;
}
