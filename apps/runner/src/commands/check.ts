import type { CheckStep } from '@flowmeta/connector';
import { createRedactor } from '@flowmeta/redact';
import { type LoadedConfig, loadConfigs } from '../config/load-config.js';
import { exitCodes } from '../exit-codes.js';
import type { Host } from '../host.js';
import { checkTarget } from '../run/check-target.js';
import { listenForInterruption } from '../run/interruption.js';
import { askForTenants } from '../run/list-tenants.js';
import { openSource } from '../run/open-source.js';
import { openClient } from '../run/open-target.js';
import { warnAboutTls } from '../run/tls-warning.js';
import { colorsFor } from '../terminal/colors.js';
import type { LogLevel } from '../terminal/log-levels.js';
import { plainLine } from '../terminal/plain.js';
import { tellError } from '../terminal/show-error.js';
import type { Terminal } from '../terminal/terminal.js';

export interface CheckFlags {
  config: string;
  source?: string;
  json?: boolean;
  logLevel?: LogLevel;
}

interface EndStep extends CheckStep {
  end: 'source' | 'target';
  /** The service that is filled, where the config has several sources. */
  service?: string;
}

/** Steps after whose failure nothing was reached at all. */
const admission = ['reach', 'version', 'sign in', 'tenants'];

export async function checkCommand(flags: CheckFlags, host: Host, terminal: Terminal): Promise<number> {
  const { environment, directory } = host;
  const taken: EndStep[] = [];
  const configs = await loadConfigs(flags.config, {
    environment,
    directory,
    source: flags.source,
    tenantsOf: askForTenants({ host, terminal }),
    onUnlisted(error) {
      tellError(error, terminal);
      taken.push({ end: 'source', name: 'tenants', status: 'failed', message: (error as Error).message });
    },
  });
  const [config] = configs as [LoadedConfig];
  terminal.setLevel(flags.logLevel ?? config.workflow.workflowConfig.loggerLevel ?? 'INFO');
  for (const warning of config.warnings) terminal.log('WARN', warning);
  const redactor = createRedactor(config.secrets);
  terminal.hide(redactor);
  for (const each of configs) warnAboutTls(each, terminal);

  const interruption = listenForInterruption(host, terminal, 'the check');
  try {
    for (const each of configs) {
      const service = configs.length > 1 ? { service: each.workflow.source.serviceName } : {};
      const show = flags.json ? () => undefined : stepPrinter(each, host, terminal);
      for await (const step of allSteps(each, { host, terminal, signal: interruption.signal })) {
        const shown = redactor.value({ ...service, ...step });
        taken.push(shown);
        show(shown);
      }
    }
  } catch (error) {
    if (interruption.exitCode() === undefined) throw error;
  } finally {
    interruption.stop();
  }
  const failed = taken.filter(({ status }) => status === 'failed');
  if (flags.json) terminal.printData(`${JSON.stringify({ ok: failed.length === 0, steps: taken }, null, 2)}\n`);
  const interrupted = interruption.exitCode();
  if (interrupted !== undefined) return interrupted;
  if (failed.length === 0) return exitCodes.done;
  return failed.some(({ name }) => admission.includes(name)) ? exitCodes.unreachable : exitCodes.partial;
}

async function* allSteps(
  config: LoadedConfig,
  { host, terminal, signal }: { host: Host; terminal: Terminal; signal: AbortSignal },
): AsyncGenerator<EndStep> {
  const connector = await openSource(config, { host, terminal });
  try {
    for await (const step of connector.check({ signal })) yield { end: 'source', ...step };
  } finally {
    await connector.close();
  }
  if (config.workflow.sink?.type === 'file') return;
  const client = openClient(config, { host, signal });
  try {
    for await (const step of checkTarget(client, config.workflow)) yield { end: 'target', ...step };
  } finally {
    await client.close();
  }
}

function stepPrinter(config: LoadedConfig, host: Host, terminal: Terminal): (step: EndStep) => void {
  const colors = colorsFor(host.stdout, host);
  const marks = {
    passed: colors.green('✓'),
    failed: colors.red('✗'),
    warning: colors.yellow('!'),
    skipped: colors.dim('-'),
  };
  let current: string | undefined;
  return ({ end, service, name, status, message, hint }) => {
    const title = end === 'source' ? config.connector.title : 'OpenMetadata';
    if (end !== current) terminal.print(`${colors.bold(service === undefined ? title : `${title}, ${service}`)}\n`);
    current = end;
    terminal.print(`  ${marks[status]} ${name.padEnd(12)} ${plainLine(message)}\n`);
    if (hint && status !== 'passed') terminal.print(`    ${colors.cyan('→')} ${plainLine(hint)}\n`);
  };
}
