/** From what is said most often to what is said least often. */
export const logLevels = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

export type LogLevel = (typeof logLevels)[number];

/** `pretty`: lines for people. `json`: an object per line, for whatever collects logs. */
export const logFormats = ['pretty', 'json'] as const;

export type LogFormat = (typeof logFormats)[number];

/** The format that a command line asks for, as far as it can be told before it is understood: its errors have that format too. */
export function logFormatOf(args: readonly string[]): LogFormat {
  const asked = args.some(
    (arg, position) => arg === '--log-format=json' || (arg === 'json' && args[position - 1] === '--log-format'),
  );
  return asked ? 'json' : 'pretty';
}
