import { extname, resolve } from 'node:path';
import {
  exceeds,
  type HealthReport,
  renderHealthHtml,
  renderHealthJson,
  renderHealthMarkdown,
  renderHealthText,
  slackPayload,
} from '@flowmeta/health';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { listenForInterruption } from '../run/interruption.js';
import { postWebhook, secretsOfWebhook, webhookOf } from '../run/post-webhook.js';
import { readHealth } from '../run/read-health.js';
import { parseSince } from '../run/since.js';
import { colorsFor } from '../terminal/colors.js';
import type { LogLevel } from '../terminal/log-levels.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { loadSource } from './load-source.js';
import { checkDirectory, writeWhole } from './report-files.js';

export type HealthFormat = 'table' | 'json' | 'html' | 'md';

export interface HealthFlags {
  config: string;
  source?: string;
  since: string;
  namespace?: string[];
  format?: HealthFormat;
  json?: boolean;
  output?: string;
  failOn?: 'warning' | 'critical';
  webhook?: boolean;
  logLevel?: LogLevel;
  progress: boolean;
}

/** Reads the source and says how its plugins do; OpenMetadata is not asked. */
export async function healthCommand(flags: HealthFlags, host: Host, terminal: Terminal): Promise<number> {
  const { directory } = host;
  const format = formatOf(flags);
  const webhook = flags.webhook ? webhookOf(host) : undefined;
  const until = host.now();
  const since = parseSince(flags.since, until);
  const file = flags.output === undefined ? undefined : resolve(directory, flags.output);
  if (file !== undefined) await checkDirectory(`--output ${flags.output}`, file);
  const { config, redactor } = await loadSource(flags, {
    host,
    terminal,
    secrets: webhook ? secretsOfWebhook(webhook) : [],
  });

  const interruption = listenForInterruption(host, terminal, 'the read');
  try {
    const { signal } = interruption;
    const { report, skipped } = await readHealth(config, {
      host,
      terminal,
      redactor,
      signal,
      showProgress: flags.progress,
      since,
      until,
      ...(flags.namespace ? { namespaces: flags.namespace } : {}),
    });
    const text = render(report, { format, host, isFile: file !== undefined });
    if (file === undefined) terminal.printData(text);
    else {
      await writeWhole(file, text);
      terminal.log('INFO', `${flags.output}: health is ${report.health}, ${report.runs} runs`);
    }
    const refusal = webhook && (await postWebhook(webhook, { message: slackPayload(report), host, redactor, signal }));
    if (refusal) terminal.error(refusal);
    if (flags.failOn !== undefined && exceeds(report, flags.failOn)) {
      terminal.log('WARN', `health is ${report.health}: --fail-on ${flags.failOn}`);
      return exitCodes.threshold;
    }
    return refusal || skipped > 0 ? exitCodes.partial : exitCodes.done;
  } catch (error) {
    const interrupted = interruption.exitCode();
    if (interrupted !== undefined) return interrupted;
    throw error;
  } finally {
    interruption.stop();
  }
}

const formatsByEnding: Readonly<Record<string, HealthFormat>> = {
  '.txt': 'table',
  '.json': 'json',
  '.html': 'html',
  '.htm': 'html',
  '.md': 'md',
};

function formatOf({ format, json, output }: HealthFlags): HealthFormat {
  if (json && format !== undefined && format !== 'json') {
    throw new UsageError(`--json and --format ${format} contradict each other`, 'Leave one of them away.');
  }
  if (json || format !== undefined) return format ?? 'json';
  if (output === undefined) return 'table';
  const meant = formatsByEnding[extname(output).toLowerCase()];
  if (meant !== undefined) return meant;
  const known = Object.keys(formatsByEnding).join(', ');
  throw new UsageError(`--output ${output}: its name tells no format`, `Let it end in ${known}, or add --format.`);
}

/** A file gets neither colours nor the width of a terminal. */
function render(
  report: HealthReport,
  { format, host, isFile }: { format: HealthFormat; host: Host; isFile: boolean },
): string {
  switch (format) {
    case 'json':
      return renderHealthJson(report);
    case 'html':
      return renderHealthHtml(report);
    case 'md':
      return renderHealthMarkdown(report);
    case 'table': {
      if (isFile) return renderHealthText(report);
      const { isTTY, columns } = host.stdout;
      return renderHealthText(report, {
        colours: colorsFor(host.stdout, host),
        ...(isTTY && columns ? { width: columns } : {}),
      });
    }
  }
}
