import type { Redactor } from '@flowmeta/redact';
import type { Host } from '../host.js';
import { type Colors, colorsFor } from './colors.js';
import { type LogFormat, type LogLevel, logLevels } from './log-levels.js';
import { plain, plainJson, plainLines } from './plain.js';

/**
 * What a user reads. Logs, errors and the live line go to stderr, so that stdout is for data. Secrets are redacted; in what goes
 * to stderr nothing can drive the terminal, whoever it comes from.
 */
export interface Terminal {
  /** `details` are shown as JSON only, where they are fields of their own; `message` says it all without them. */
  log(level: LogLevel, message: string, details?: LogDetails): void;
  /** An error as one line what, one line why or where, one line what to do. */
  error(problem: { what: string; why?: string | undefined; todo?: string | undefined }): void;
  /** A line that stays at the bottom of a terminal; `undefined` takes it away. Nothing where there is no terminal. */
  live(line: string | undefined): void;
  /** Text for stdout. */
  print(text: string): void;
  /** Data for stdout that has lost its secrets value by value: redacting its text again could break the format. */
  printData(text: string): void;
  setLevel(level: LogLevel): void;
  /** The run that lines of JSON belong to from now on, if any. */
  setRun(runId: string | undefined): void;
  /** Values that are never shown from now on. */
  hide(redactor: Redactor): void;
  readonly colors: Colors;
  readonly isLive: boolean;
  readonly format: LogFormat;
}

/** `ref`: what it is about, e.g. a pipeline. */
export type LogDetails = Readonly<Record<string, string | number | undefined>> & { ref?: string };

export function createTerminal(host: Host, { format = 'pretty' }: { format?: LogFormat } = {}): Terminal {
  const { stdout, stderr } = host;
  const colors = colorsFor(stderr, host);
  let lowest = logLevels.indexOf('INFO');
  let redact = (text: string) => text;
  let shown: string | undefined;
  let runId: string | undefined;

  const labels: Record<LogLevel, string> = {
    DEBUG: colors.dim('debug'),
    INFO: '',
    WARN: colors.yellow('warning'),
    ERROR: colors.red('error'),
  };
  const eraseLine = '\r\u001b[2K';

  const writeLine = (start: string, text: string) => {
    const live = shown;
    stderr.write(`${live === undefined ? '' : eraseLine}${start}${plainLines(redact(text))}\n${live ?? ''}`);
  };
  const writeEntry = (level: LogLevel, message: string, details: LogDetails) => {
    const fields = { time: new Date(host.now()).toISOString(), level: level.toLowerCase(), runId, message, ...details };
    // Value by value: redacting the line could break it.
    const line = JSON.stringify(fields, (_key, value) => (typeof value === 'string' ? redact(value) : value));
    stderr.write(`${plainJson(line)}\n`);
  };
  const isLive = format === 'pretty' && stderr.isTTY === true && host.environment.TERM !== 'dumb';
  return {
    colors,
    isLive,
    format,
    log(level, message, details = {}) {
      if (logLevels.indexOf(level) < lowest) return;
      if (format === 'json') writeEntry(level, message, details);
      else writeLine(labels[level] && `${labels[level]}: `, message);
    },
    error({ what, why, todo }) {
      if (format === 'json') return writeEntry('ERROR', what, { why, hint: todo });
      writeLine(`${colors.red('error')}: `, what);
      if (why) writeLine('  ', why);
      if (todo) writeLine(`  ${colors.cyan('→')} `, todo);
    },
    live(line) {
      if (!isLive || line === shown) return;
      const fitting = line === undefined ? undefined : plain(redact(line)).slice(0, (stderr.columns || 80) - 1);
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
    setRun(id) {
      runId = id;
    },
    hide(redactor) {
      redact = (text) => redactor.text(text);
    },
  };
}
