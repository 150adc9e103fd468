import { z } from 'zod';
import type { ConnectorDefinition } from '../connector.js';
import type { ConformanceRule, Session } from './subject.js';

/** Rules about what `defineConnector` was told. */
export const definitionRules = [
  {
    id: 'definition-whole',
    sentence: 'The definition has a title, a description and an example, and the capabilities of its connections.',
    needs: 'definition',
    async violations({ connect, subject: { definition } }) {
      const { name, title, description, examples, capabilities } = definition!;
      const connector = await connect();
      const found: string[] = [];
      if (title.trim() === '' || description.trim() === '') found.push('its title or its description is empty');
      if (examples.length === 0) found.push('it has no example');
      if (connector.name !== name) found.push(`a connection is called "${connector.name}", the definition "${name}"`);
      for (const flag of ['runs', 'lineage', 'owners'] as const) {
        if ((connector.capabilities[flag] ?? false) !== (capabilities[flag] ?? false)) {
          found.push(`the capability \`${flag}\` of a connection is not that of the definition`);
        }
      }
      return found;
    },
  },
  {
    id: 'options-described',
    sentence: 'Every option of the config has a description, and one that isn’t known is refused.',
    needs: 'definition',
    violations: ofDefinition(({ configSchema, examples }) => {
      const found = optionsOf(configSchema)
        .filter(({ schema }) => (schema.description ?? '').trim() === '')
        .map(({ path }) => `option \`${path}\` has no description`);
      const [example] = examples;
      const odd = { ...(example?.config as object), 'no-such-option': true };
      if (example && configSchema.safeParse(odd).success) found.push('an option that isn’t known is taken');
      return found;
    }),
  },
  {
    id: 'secrets-marked',
    sentence: 'Options that hold secrets are marked as such.',
    needs: 'definition',
    violations: ofDefinition(({ configSchema }) =>
      optionsOf(configSchema)
        .filter(({ name, schema }) => schema.type === 'string' && secretName.test(name) && !schema.fileOf)
        .filter(({ schema }) => schema.secret !== true)
        .map(({ path }) => `option \`${path}\` sounds like a secret and has no \`.meta({ secret: true })\``),
    ),
  },
  {
    id: 'examples-valid',
    sentence: 'The examples of the config are valid, and name secrets by a variable.',
    needs: 'definition',
    violations: ofDefinition(({ configSchema, examples }) => {
      const secrets = optionsOf(configSchema).filter(({ schema }) => schema.secret === true);
      return examples.flatMap(({ title, config }) => {
        const result = configSchema.safeParse(config);
        const found = result.success ? [] : [`example "${title}" is not valid: ${z.prettifyError(result.error)}`];
        for (const { path } of secrets) {
          const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], config);
          if (typeof value === 'string' && !value.startsWith('$')) {
            found.push(`example "${title}" has a secret as \`${path}\`: name a variable, e.g. $PASSWORD`);
          }
        }
        return found;
      });
    }),
  },
] satisfies ConformanceRule[];

const secretName = /passw|passphrase|secret|token|credential|api_?key|private_?key|access_?key|ssl_?key/i;

interface OptionSchema {
  type?: string;
  description?: string;
  secret?: boolean;
  fileOf?: string;
  properties?: Record<string, OptionSchema>;
}

interface Option {
  /** e.g. `sslConfig.sslKey`. */
  path: string;
  name: string;
  schema: OptionSchema;
}

function optionsOf(schema: z.ZodType): Option[] {
  const walk = ({ properties = {} }: OptionSchema, prefix: string): Option[] =>
    Object.entries(properties).flatMap(([name, option]) => [
      { path: `${prefix}${name}`, name, schema: option },
      ...walk(option, `${prefix}${name}.`),
    ]);
  return walk(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as OptionSchema, '');
}

function ofDefinition(violations: (definition: ConnectorDefinition) => string[]): (session: Session) => string[] {
  return ({ subject: { definition } }) => violations(definition!);
}
