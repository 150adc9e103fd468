import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

const names = ['createPipeline', 'pipelineStatus', 'createTag', 'createClassification', 'addLineage'] as const;
export type SchemaName = (typeof names)[number];

/** The official schemas write `(?U)` before it; without that flag `\w` would only mean ASCII. */
const tagPattern = JSON.stringify(String.raw`^[\w'\- .&()]+$`);
const unicodeTagPattern = JSON.stringify(String.raw`^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}'\- .&()]+$`);

/** OpenMetadata's own JSON Schemas of one minor version, e.g. `1.6`. */
export function schemasOf(version: string): Record<SchemaName, ValidateFunction> {
  const file = new URL(`../__fixtures__/schemas/${version}.json`, import.meta.url);
  const text = readFileSync(file, 'utf8').replaceAll(tagPattern, () => unicodeTagPattern);
  const { schemas } = JSON.parse(text) as { schemas: Record<SchemaName, object> };
  const ajv = new Ajv({ strict: false, allErrors: false });
  formats.default(ajv);
  return Object.fromEntries(names.map((name) => [name, ajv.compile(schemas[name])])) as Record<
    SchemaName,
    ValidateFunction
  >;
}

/** The first reason why a body is refused; `undefined` if it is valid. */
export function refusalOf(validate: ValidateFunction, body: unknown): string | undefined {
  // As it travels: absent and undefined are one.
  if (validate(JSON.parse(JSON.stringify(body)))) return undefined;
  const error = validate.errors?.[0];
  return `${error?.instancePath ?? ''} ${error?.message ?? ''} ${JSON.stringify(error?.params)}`;
}
