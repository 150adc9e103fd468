import { strFromU8, unzipSync } from 'fflate';
import { parse } from 'yaml';
import { KestraError } from '../kestra-error.js';
import { isObject } from './values.js';

export interface FlowSource {
  namespace: string;
  id: string;
  source: string;
}

/** A plain word after `key:` at the start of exactly one line; anything less plain is left to the YAML parser. */
function plainTopLevel(source: string, key: 'id' | 'namespace'): string | undefined {
  const matches = [...source.matchAll(new RegExp(`^${key}:[ \\t]+([A-Za-z][A-Za-z0-9._-]*)[ \\t]*\\r?$`, 'gm'))];
  return matches.length === 1 ? matches[0]![1] : undefined;
}

function identify(source: string): Omit<FlowSource, 'source'> | undefined {
  const namespace = plainTopLevel(source, 'namespace');
  const id = plainTopLevel(source, 'id');
  if (namespace !== undefined && id !== undefined) return { namespace, id };
  try {
    const flow: unknown = parse(source, { logLevel: 'silent' });
    if (isObject(flow) && typeof flow.namespace === 'string' && typeof flow.id === 'string') {
      return { namespace: flow.namespace, id: flow.id };
    }
  } catch {
    // Not YAML: reported by the caller.
  }
  return undefined;
}

/**
 * The flows of an export. Entries are called differently by version (`ns.id.yml`, `ns-id.yml`) and ambiguously, so that
 * namespace and id are read from the YAML. Entries that are no flow go to `onUnreadable`.
 */
export function* readSources(zip: Uint8Array, onUnreadable: (name: string) => void): Generator<FlowSource> {
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(zip);
  } catch (cause) {
    throw new KestraError('the export of the flows is no whole ZIP file', {
      kind: 'unreadable',
      verdict: 'retry',
      cause,
    });
  }
  for (const [name, data] of Object.entries(entries)) {
    if (name.endsWith('/')) continue;
    const source = strFromU8(data);
    const identity = identify(source);
    if (identity === undefined) onUnreadable(name);
    else yield { ...identity, source };
  }
}
