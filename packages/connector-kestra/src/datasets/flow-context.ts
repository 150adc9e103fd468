import type { KestraFlow } from '@flowmeta/kestra-client';
import { isTemplate, type Properties } from '../lineage/values.js';
import { renderText } from './rendering.js';
import type { TaskContext } from './types.js';

/** What a flow says for all of its tasks: the values of its templates, and its plugin defaults. */
export function flowContext(flow: KestraFlow, pipeline: string): TaskContext {
  const known = {
    flow: {
      id: flow.id,
      namespace: flow.namespace,
      ...(flow.revision !== undefined && { revision: flow.revision }),
    },
    labels: nested(flow.labels.map(({ key, value }) => [key, value])),
    ...(flow.variables && { vars: flow.variables }),
  };
  const inputs: [string, unknown][] = [];
  for (const { id, type, defaults } of flow.inputs) {
    // What is secret is nobody's name.
    if (defaults === undefined || type === 'SECRET') continue;
    const value = typeof defaults === 'string' ? renderText(defaults, known) : undefined;
    if (value === undefined) inputs.push([id, defaults]);
    else if (value.known && !isTemplate(value.text)) inputs.push([id, inputValue(value.text, type)]);
  }
  return { pipeline, values: { ...known, inputs: nested(inputs) }, defaults: flow.pluginDefaults ?? [] };
}

/** From 1.0 all defaults are texts. */
function inputValue(text: string, type: string | undefined): unknown {
  switch (type) {
    case 'JSON':
    case 'ARRAY':
    case 'MULTISELECT':
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return text;
      }
    case 'BOOL':
    case 'BOOLEAN':
      return text === 'true';
    case 'INT':
    case 'FLOAT':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    default:
      return text;
  }
}

/** Names with dots stand for members: `db.table` is `inputs.db.table`. */
function nested(entries: readonly [string, unknown][]): Properties {
  const root: Properties = Object.create(null) as Properties;
  for (const [name, value] of entries) {
    const path = name.split('.');
    const last = path.pop() ?? name;
    let place: Properties = root;
    for (const part of path) {
      const inner = place[part];
      const next = typeof inner === 'object' && inner !== null ? (inner as Properties) : Object.create(null);
      place[part] = next;
      place = next as Properties;
    }
    place[last] = value;
  }
  return root;
}
