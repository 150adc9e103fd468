import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Facets, OpenLineageEvent } from '../src/index.js';

const folder = new URL('./schema/', import.meta.url);
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
for (const file of readdirSync(folder)) {
  if (file.endsWith('.json')) ajv.addSchema(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
}

function errorsOf(url: string, value: unknown): string[] {
  const validate = ajv.getSchema(url);
  if (validate === undefined) return [`no schema for ${url}`];
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${url} ${instancePath} ${message}`);
}

/** What is wrong with an event as JSON: the event by the schema it names, and each facet by the one that it names, under its own key. */
export function problemsOf(event: OpenLineageEvent): string[] {
  const sent = JSON.parse(JSON.stringify(event)) as OpenLineageEvent;
  const facets: Facets[] = [sent.job, ...sent.inputs, ...sent.outputs, ...('run' in sent ? [sent.run] : [])].map(
    (described) => described.facets ?? {},
  );
  const ofFacets = facets.flatMap(Object.entries).flatMap(([key, facet]) => {
    const url = String(facet._schemaURL);
    return [...errorsOf(url, facet), ...errorsOf(url.replace(/#.*/, ''), { [key]: facet })];
  });
  return [...errorsOf(sent.schemaURL, sent), ...errorsOf(sent.schemaURL.replace(/#.*/, ''), sent), ...ofFacets];
}
