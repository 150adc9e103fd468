import type { ConnectorInfo } from '@flowmeta/registry';
import { stringify } from 'yaml';
import { generated, prose, table } from './markdown.js';

/** What a connector can do, in words, and what its absence means. */
const abilities = {
  runs: ['runs', 'no statuses, and no `flowmeta health`'],
  lineage: ['lineage', 'no edges, and no `flowmeta lineage`'],
  owners: ['owners', 'owners stay as they are'],
} as const;

/** The reference of one connector, from its definition. */
export function connectorPage(info: ConnectorInfo): string {
  const { name, title, description, capabilities, options, examples } = info;
  const can = Object.entries(abilities).map(([flag, [what, without]]) => [
    what,
    capabilities[flag as keyof typeof abilities] ? 'yes' : `no: ${without}`,
  ]);
  const rows = options.map((option) => {
    const facts = [option.type.replaceAll('"', '`')];
    if (option.required) facts.push('required');
    if (option.secret) facts.push('secret');
    const meaning = [prose(option.description ?? '')];
    if (option.default !== undefined) meaning.push(`Default \`${JSON.stringify(option.default)}\`.`);
    return [`\`${option.name}\``, facts.join(', '), meaning.join(' ').trim()];
  });
  const workflows = examples.map(
    (example) => `### ${example.title}

\`\`\`yaml
${stringify({
  source: { type: name, serviceName: `${name}_prod`, serviceConnection: { config: example.config } },
}).trimEnd()}
\`\`\``,
  );
  return `${generated}

# ${title}: options

${prose(description)} [The guide](../../connectors/${name}.md) says how to use it.

${table(['it yields', ''], [['pipelines', 'yes'], ...can])}

## Options

They stand in \`source.serviceConnection.config\`. The rest of the file is in [the configuration reference](../configuration.md).

${table(['option', 'value', 'meaning'], rows)}

## Examples

${workflows.join('\n\n')}
`;
}
