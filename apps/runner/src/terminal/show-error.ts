import { hintOf } from '@flowmeta/connector';
import { redactText } from '@flowmeta/redact';
import { ConfigError } from '../config/config-error.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { InterruptedError } from '../run/interruption.js';
import { isUnreachable } from '../run/unreachable.js';
import { UsageError } from '../usage-error.js';
import type { LogFormat } from './log-levels.js';
import { createTerminal, type Terminal } from './terminal.js';

/** Shows an error that ended a command: what, where and what to do, a line each. Answers the exit code. */
export function showError(
  error: unknown,
  { host, debug, format }: { host: Host; debug: boolean; format: LogFormat },
): number {
  if (error instanceof InterruptedError) return error.exitCode;
  const terminal = createTerminal(host, { format });
  tellError(error, terminal);
  if (error instanceof UsageError || (error instanceof ConfigError && error.cause === undefined))
    return exitCodes.usage;
  if (debug && error instanceof Error && error.stack) {
    terminal.setLevel('DEBUG');
    terminal.log('DEBUG', redactText(error.stack));
  }
  return isUnreachable(error) ? exitCodes.unreachable : exitCodes.partial;
}

/** Says what went wrong, where and what to do. */
export function tellError(error: unknown, terminal: Terminal): void {
  if (error instanceof ConfigError) {
    for (const { path, message, line, column, hint } of error.problems) {
      const where = [error.file, line, column].filter((part) => part !== undefined).join(':');
      terminal.error({ what: path ? `${path}: ${message}` : message, why: where, todo: hint });
    }
  } else if (error instanceof UsageError) {
    terminal.error({ what: error.message, todo: error.hint ?? 'Run `flowmeta --help` for what there is.' });
  } else {
    const message = redactText(error instanceof Error ? error.message : String(error));
    terminal.error({ what: message, todo: hintOf(error) ?? 'Run it with --log-level debug to see more.' });
  }
}
