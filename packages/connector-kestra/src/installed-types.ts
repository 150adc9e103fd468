import type { InstalledTaskTypes } from '@flowmeta/connector';
import { canonicalType, type KestraClient } from '@flowmeta/kestra-client';

/** The task types of all plugins, in their canonical spelling. `undefined` for an answer without any: no server has none. */
export async function installedTypes(
  client: Pick<KestraClient, 'plugins'>,
  options: { signal: AbortSignal },
): Promise<InstalledTaskTypes | undefined> {
  const plugins = await client.plugins(options);
  const types = new Set(plugins.flatMap(({ tasks }) => tasks.map(canonicalType)));
  if (types.size === 0) return undefined;
  const aliases = new Set(plugins.flatMap(({ aliases }) => aliases));
  return { types: [...types], aliases: [...aliases].filter((alias) => !types.has(canonicalType(alias))) };
}
