import { generated, prose, table } from './markdown.js';

/** What is used of a JSON Schema. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  writeOnly?: boolean;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  required?: string[];
}

interface Section {
  path: string;
  description: string;
  rows: string[][];
  withoutEffect: string[][];
}

/** How the schema marks a key that OpenMetadata has and that changes nothing here. */
const noEffect = /\s*No effect here: (.*)\.$/s;

/**
 * The reference of the config file as a page.
 *
 * @param schema the whole file's, as `flowmeta schema` prints it
 * @param connectors pages of the options that each connector has of its own
 */
export function configurationPage(schema: JsonSchema, connectors: { title: string; page: string }[]): string {
  const own = connectors.map(({ title, page }) => `[${title}](${page})`).join(', ');
  const sections = [...sectionsOf(schema, '', own)];
  const text = sections.map(({ path, description, rows, withoutEffect }) => {
    const parts = [`## ${path === '' ? 'The file' : `\`${path}\``}`];
    if (description !== '') parts.push(prose(description));
    if (rows.length > 0) parts.push(table(['key', 'value', 'meaning'], rows));
    if (withoutEffect.length > 0)
      parts.push('Accepted, with a warning, and without effect:', table(['key', 'why'], withoutEffect));
    return parts.join('\n\n');
  });
  return `${generated}

# Configuration

The config is OpenMetadata's ingestion workflow file, YAML or JSON. Every key that the workflow files of OpenMetadata 1.2 to 2.0 know is
accepted; any other key is an error that names its line. How variables, files and secrets are written is on
[the command's page](../../apps/runner/README.md#the-config); \`flowmeta schema\` prints all of this as a JSON Schema for editors.

${text.join('\n\n')}
`;
}

function* sectionsOf(schema: JsonSchema, path: string, own: string): Generator<Section> {
  const section: Section = { path, description: schema.description ?? '', rows: [], withoutEffect: [] };
  const below: [string, JsonSchema][] = [];
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const where = path === '' ? key : `${path}.${key}`;
    const option = withoutNull(property);
    const description = property.description ?? option.description ?? '';
    const idle = noEffect.exec(description);
    if (idle) {
      section.withoutEffect.push([`\`${key}\``, prose(`${idle[1]}.`)]);
      continue;
    }
    const facts = [typeOf(option)];
    if (schema.required?.includes(key)) facts.push('required');
    if (property.writeOnly || option.writeOnly) facts.push('secret');
    const fallback = property.default ?? option.default;
    const meaning = [prose(description)];
    if (fallback !== undefined) meaning.push(`Default \`${JSON.stringify(fallback)}\`.`);
    if (where === 'source.serviceConnection.config') {
      section.rows.push([`\`${key}\``, facts.join(', '), `The options of the connector: ${own}.`]);
      continue;
    }
    section.rows.push([`\`${key}\``, facts.join(', '), meaning.join(' ').trim()]);
    for (const [name, inner] of objectsIn(option, where)) below.push([name, inner]);
  }
  yield section;
  for (const [where, inner] of below) yield* sectionsOf(inner, where, own);
}

/** The sections that a value may be or hold. */
function objectsIn(option: JsonSchema, where: string): [string, JsonSchema][] {
  if (option.properties) return [[where, option]];
  if (option.items) return objectsIn(withoutNull(option.items), `${where}[]`);
  return alternativesOf(option).flatMap((alternative): [string, JsonSchema][] => {
    if (!alternative.properties) return [];
    const { type } = alternative.properties;
    return [[type?.const === undefined ? where : `${where} (type: ${type.const})`, alternative]];
  });
}

const alternativesOf = ({ anyOf, oneOf }: JsonSchema): JsonSchema[] => [...(anyOf ?? []), ...(oneOf ?? [])];

/** An option that may be left empty is shown as what it is otherwise. */
function withoutNull(schema: JsonSchema): JsonSchema {
  const filled = alternativesOf(schema).filter(({ type }) => type !== 'null');
  if (filled.length !== 1) return schema;
  const { anyOf: _any, oneOf: _one, ...rest } = schema;
  return withoutNull({ ...filled[0], ...rest });
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'section',
};

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  const alternatives = alternativesOf(schema).filter(({ type }) => type !== 'null');
  if (alternatives.length > 0) return [...new Set(alternatives.map(typeOf))].join(' or ');
  const types = [schema.type ?? []].flat().filter((type) => type !== 'null');
  if (types[0] === 'array') return `list of ${typeOf(withoutNull(schema.items ?? {}))}`.replace(/section$/, 'sections');
  if (types.includes('object') && schema.additionalProperties && !schema.properties) return 'keys of your own';
  return types.map((type) => words[type] ?? type).join(' or ') || 'anything';
}
