/** What the command's exit says; `docs/architecture.md` §5. */
export const exitCodes = {
  done: 0,
  /** Something was skipped, failed or refused. */
  partial: 1,
  /** The command line or the config is wrong; nothing was touched. */
  usage: 2,
  /** A server could not be reached, is too old or refused the sign-in. */
  unreachable: 3,
  /** There is something to change (`plan`), or what was found crosses the threshold that the user set. */
  threshold: 10,
} as const;

/** The exit code of a program that a signal ended. */
export function exitCodeOfSignal(signal: 'SIGINT' | 'SIGTERM'): number {
  return signal === 'SIGINT' ? 130 : 143;
}
