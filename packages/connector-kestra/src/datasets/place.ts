import type { SqlDialect } from '@flowmeta/sql-lineage';

/** Where the datasets of a task are. */
export interface Place {
  /** As in `Dataset`. */
  platform: string;
  /** The SQL that is spoken there. */
  dialect?: SqlDialect;
  /** As in `Dataset`: the most precise first, last the task's type. */
  connections: readonly string[];
  /** Of names that carry none. */
  database?: string;
  /** Of names that carry none; where a system has one level only, that one. */
  schema?: string;
  /** The server that files are on. */
  host?: string;
  /** Its tables are gone when the task ends, e.g. of a database in memory. */
  isTransient?: true;
}

/**
 * What names a server when nothing else does: the plugin, so that two of its tasks speak of the same one, then the task's type.
 */
export const connectionsOfType = (type: string): string[] => [type.slice(0, type.lastIndexOf('.')) || type, type];
