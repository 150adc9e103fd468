import { connectors } from '../config/connectors.js';
import { configJsonSchema } from '../config/json-schema.js';
import { exitCodes } from '../exit-codes.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';

export async function schemaCommand({ connector: name }: { connector: string }, terminal: Terminal): Promise<number> {
  const open = connectors[name.toLowerCase()];
  if (!open) throw new UsageError(`there is no connector ${name}`, `There is: ${Object.keys(connectors).join(', ')}.`);
  terminal.print(`${JSON.stringify(configJsonSchema(await open()), null, 2)}\n`);
  return exitCodes.done;
}
