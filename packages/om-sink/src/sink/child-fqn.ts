import { quoteName } from '@flowmeta/om-mapper';

/** The FQN of what stands below an entity; `undefined` for names that OpenMetadata can't hold, so that there is no such entity. */
export function childFqn(above: string, names: readonly string[]): string | undefined {
  try {
    return [above, ...names.map(quoteName)].join('.');
  } catch {
    return undefined;
  }
}
