import type { Properties } from '../lineage/values.js';

/** Values that a flow sets for all tasks of a type. */
export interface PluginDefault {
  /** A task type, or the beginning of one. */
  type: string;
  values: Properties;
  /** They win over what the task says. */
  forced: boolean;
}
