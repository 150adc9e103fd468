import type { ConnectorDefinition } from '@flowmeta/connector';
import { z } from 'zod';
import { withoutEffect } from './openmetadata-schema.js';
import { workflowSchema } from './workflow-schema.js';

/** The JSON Schema (draft 2020-12) of the config file, for editors. */
export function configJsonSchema(connector: ConnectorDefinition): Record<string, unknown> {
  const schema = z.toJSONSchema(workflowSchema(connector), {
    io: 'input',
    target: 'draft-2020-12',
    unrepresentable: 'any',
    override({ jsonSchema }) {
      const meta = jsonSchema as Record<string, unknown>;
      const why = meta[withoutEffect];
      if (typeof why === 'string') meta.description = `${meta.description ?? ''} No effect here: ${why}.`.trim();
      if (meta.secret === true) meta.writeOnly = true;
      // Our own marks; a validator that is strict refuses keywords that it doesn't know.
      delete meta[withoutEffect];
      delete meta.secret;
      delete meta.fileOf;
    },
  });
  const { source, ...others } = schema.properties as Record<string, object>;
  return {
    ...schema,
    properties: {
      source,
      sources: { type: 'array', minItems: 1, items: source, description: 'Several sources, instead of `source`.' },
      ...others,
    },
    required: schema.required?.filter((key) => key !== 'source') ?? [],
    oneOf: [{ required: ['source'] }, { required: ['sources'] }],
    title: `Workflow config of flowmeta for ${connector.title}`,
    description: 'The ingestion workflow file of OpenMetadata, with a connector of Flowmeta as its source.',
  };
}
