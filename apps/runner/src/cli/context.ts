import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';

/** What each command of the command line gets. */
export interface CommandContext {
  host: Host;
  /** Made when a command needs it. */
  terminal: () => Promise<Terminal>;
  /** Takes the exit code. */
  done: (exitCode: number) => void;
}
