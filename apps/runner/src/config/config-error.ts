/** Something in the config that is wrong, and where. */
export interface ConfigProblem {
  /** The key's path, e.g. `source.serviceConnection.config.hostPort`; empty for the file as a whole. */
  path: string;
  /** Counted from 1. */
  line?: number;
  column?: number;
  message: string;
  /** What to do. */
  hint?: string;
}

/** The config can't be used. Holds all problems at once. */
export class ConfigError extends Error {
  readonly file: string;
  readonly problems: ConfigProblem[];

  /** `cause`: a server's answer to what the config asks of it. */
  constructor(file: string, problems: ConfigProblem[], options: { cause?: unknown } = {}) {
    super(
      `${file}: ${problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ')}`,
      options,
    );
    this.name = 'ConfigError';
    this.file = file;
    this.problems = problems;
  }
}
