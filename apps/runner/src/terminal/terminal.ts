import type { Redactor } from '@flowmeta/redact';
import type { Host } from '../host.js';
import { type Colors, colorsFor } from './colors.js';
import { type LogLevel, logLevels } from './log-levels.js';

/** What a user reads. Logs, errors and the live line go to stderr, so that stdout is for data. Secrets are redacted. */
export interface Terminal {
  log(level: LogLevel, message: string): void;
  /** An error as one line what, one line why or where, one line what to do. */
  error(problem: { what: string; why?: string | undefined; todo?: string | undefined }): void;
  /** A line that stays at the bottom of a terminal; `undefined` takes it away. Nothing where there is no terminal. */
  live(line: string | undefined): void;
  /** Text for stdout. */
  print(text: string): void;
  /** Data for stdout that has lost its secrets value by value: redacting its text again could break the format. */
  printData(text: string): void;
  setLevel(level: LogLevel): void;
  /** Values that are never shown from now on. */
  hide(redactor: Redactor): void;
  readonly colors: Colors;
  readonly isLive: boolean;
}

export function createTerminal(host: Host): Terminal {
  const { stdout, stderr } = host;
  const colors = colorsFor(stderr, host);
  let lowest = logLevels.indexOf('INFO');
  let redact = (text: string) => text;
  let shown: string | undefined;

  const labels: Record<LogLevel, string> = {
    DEBUG: colors.dim('debug'),
    INFO: '',
    WARN: colors.yellow('warning'),
    ERROR: colors.red('error'),
  };
  const eraseLine = '\r\u001b[2K';

  const writeLine = (text: string) => {
    const live = shown;
    stderr.write(`${live === undefined ? '' : eraseLine}${redact(text)}\n${live ?? ''}`);
  };
  const isLive = stderr.isTTY === true && host.environment.TERM !== 'dumb';
  return {
    colors,
    isLive,
    log(level, message) {
      if (logLevels.indexOf(level) < lowest) return;
      writeLine(labels[level] ? `${labels[level]}: ${message}` : message);
    },
    error({ what, why, todo }) {
      writeLine(`${colors.red('error')}: ${what}`);
      if (why) writeLine(`  ${why}`);
      if (todo) writeLine(`  ${colors.cyan('→')} ${todo}`);
    },
    live(line) {
      if (!isLive || line === shown) return;
      const fitting = line === undefined ? undefined : redact(line).slice(0, (stderr.columns ?? 80) - 1);
      stderr.write(`${shown === undefined ? '' : eraseLine}${fitting ?? ''}`);
      shown = fitting;
    },
    print(text) {
      this.live(undefined);
      stdout.write(redact(text));
    },
    printData(text) {
      this.live(undefined);
      stdout.write(text);
    },
    setLevel(level) {
      lowest = logLevels.indexOf(level);
    },
    hide(redactor) {
      redact = (text) => redactor.text(text);
    },
  };
}
