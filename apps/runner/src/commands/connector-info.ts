import { specVersion } from '@flowmeta/connector';
import type { ConnectorInfo, ConnectorOption } from '@flowmeta/registry';
import { stringify } from 'yaml';
import { exitCodes } from '../exit-codes.js';
import { type Colors, colorsFor } from '../terminal/colors.js';
import { plain } from '../terminal/plain.js';
import { abilities } from './connector-text.js';
import { type ConnectorsContext, type ConnectorsFlags, orUsageError, registryOf } from './connectors.js';

/** Shows all that is known of one connector. */
export async function connectorInfoCommand(
  name: string,
  flags: ConnectorsFlags,
  { host, terminal }: ConnectorsContext,
): Promise<number> {
  const info = await orUsageError(registryOf(flags, host).info(name));
  if (flags.json) terminal.printData(`${JSON.stringify(info, null, 2)}\n`);
  else terminal.print(textOf(info, colorsFor(host.stdout, host)));
  return exitCodes.done;
}

function textOf(info: ConnectorInfo, colors: Colors): string {
  const { name, title, description, version, package: from, directory, capabilities, options, examples } = info;
  const origin = from === undefined ? 'comes with flowmeta' : `${from} in ${directory}`;
  const lines = [
    `${colors.bold(plain(title))}  source.type: ${name}`,
    plain(description),
    '',
    `version     ${plain(version ?? '')}, ${plain(origin)}`,
    `interface   ${info.specVersion} (this flowmeta has ${specVersion})`,
    `yields      ${abilities(capabilities)}`,
    '',
    'Options of source.serviceConnection.config:',
    ...options.flatMap((option) => optionLines(option, colors)),
    ...examples.flatMap((example) => [
      '',
      `Example: ${plain(example.title)}`,
      ...stringify(example.config)
        .trimEnd()
        .split('\n')
        .map((line) => `  ${plain(line)}`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function optionLines(
  { name, type, description, required, secret, ...rest }: ConnectorOption,
  colors: Colors,
): string[] {
  const facts = [
    type,
    ...(required ? ['required'] : []),
    ...('default' in rest ? [`default ${JSON.stringify(rest.default)}`] : []),
    ...(secret ? ['secret'] : []),
  ];
  return [
    `  ${colors.cyan(plain(name))}  ${plain(facts.join(', '))}`,
    ...(description === undefined ? [] : [`      ${colors.dim(plain(description))}`]),
  ];
}
