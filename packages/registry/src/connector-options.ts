import type { ConnectorDefinition } from '@flowmeta/connector';
import { z } from 'zod';

/** One option of a connector's config. */
export interface ConnectorOption {
  /** Where it stands, e.g. `sslConfig.caCertificate`. */
  name: string;
  /** In words: `text`, `number`, `whole number`, `true or false`, `list of text`, `section`, or the values that it may have. */
  type: string;
  description?: string;
  required: boolean;
  /** What counts where it is absent. */
  default?: unknown;
  /** It is never shown, and had better come from an environment variable. */
  secret: boolean;
}

interface JsonSchema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  secret?: boolean;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

/** The options of a connector's config, those of sections after their section. */
export function optionsOf({ configSchema }: Pick<ConnectorDefinition, 'configSchema'>): ConnectorOption[] {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  return [...walk(schema as JsonSchema, '')];
}

function* walk(schema: JsonSchema, prefix: string): Generator<ConnectorOption> {
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const name = prefix + key;
    const option = withoutNull(property);
    const description = property.description ?? option.description;
    const fallback = 'default' in property ? property.default : option.default;
    yield {
      name,
      type: typeOf(option),
      ...(description === undefined ? {} : { description }),
      required: schema.required?.includes(key) ?? false,
      ...(fallback === undefined ? {} : { default: fallback }),
      secret: (property.secret ?? option.secret) === true,
    };
    yield* walk(option, `${name}.`);
  }
}

/** An option that may be left empty is shown as what it is otherwise. */
function withoutNull(schema: JsonSchema): JsonSchema {
  const filled = alternativesOf(schema).filter(({ type }) => type !== 'null');
  return filled.length === 1 ? { ...schema, ...filled[0], anyOf: [], oneOf: [] } : schema;
}

function alternativesOf({ anyOf, oneOf }: JsonSchema): JsonSchema[] {
  return [...(anyOf ?? []), ...(oneOf ?? [])];
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
  object: 'section',
  array: 'list',
};

function typeOf(schema: JsonSchema): string {
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum)
    return schema.enum
      .filter((value) => value !== null)
      .map((value) => JSON.stringify(value))
      .join(', ');
  const alternatives = alternativesOf(schema).filter(({ type }) => type !== 'null');
  if (alternatives.length > 0) return [...new Set(alternatives.map(typeOf))].join(' or ');
  const types = [schema.type ?? []].flat().filter((type) => type !== 'null');
  if (types[0] === 'array' && schema.items) return `list of ${typeOf(withoutNull(schema.items))}`;
  return types.map((type) => words[type] ?? type).join(' or ') || 'anything';
}
