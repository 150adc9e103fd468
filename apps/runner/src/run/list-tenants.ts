import { hintOf } from '@flowmeta/connector';
import { createRedactor } from '@flowmeta/redact';
import { ConfigError } from '../config/config-error.js';
import type { LoadConfigOptions } from '../config/load-config.js';
import type { Host } from '../host.js';
import type { Terminal } from '../terminal/terminal.js';
import { InterruptedError, type Interruption, listenForInterruption } from './interruption.js';
import { describeSource, openSource } from './open-source.js';
import { isDenied } from './unreachable.js';

export interface ListTenantsOptions {
  host: Host;
  terminal: Terminal;
  /** That of a command which listens already. */
  interruption?: Interruption;
}

const byName = '`tenants: [a, b]`';

/**
 * For `loadConfigs`: asks a source for all of its tenants. That there is none is an error, as nothing would be done then. Throws a
 * `ConfigError`, whose `cause` is the source's own error where there is one, and an `InterruptedError` at a signal.
 */
export function askForTenants({
  host,
  terminal,
  interruption,
}: ListTenantsOptions): NonNullable<LoadConfigOptions['tenantsOf']> {
  return async (config, place) => {
    const redactor = createRedactor(config.secrets);
    terminal.hide(redactor);
    const hide = (text: string): string => redactor.text(text);
    const fail = (message: string, hint: string | undefined, cause?: unknown): never => {
      const problem = { ...place, message: hide(message), ...(hint === undefined ? {} : { hint: hide(hint) }) };
      throw new ConfigError(config.file, [problem], cause === undefined ? {} : { cause });
    };
    const connector = await openSource(config, { host, terminal });
    const listening = interruption ?? listenForInterruption(host, terminal, 'the command');
    try {
      if (!connector.tenants) return fail(`wants all, and ${config.connector.title} has none`, 'Take it away.');
      const tenants = await connector.tenants({ signal: listening.signal });
      if (tenants.length > 0) return tenants;
      return fail(`wants all, and ${describeSource(config)} lists none`, `Name them, ${byName}, or take it away.`);
    } catch (error) {
      const exitCode = listening.exitCode();
      if (exitCode !== undefined) throw new InterruptedError(exitCode);
      if (error instanceof ConfigError) throw error;
      const hint = [hintOf(error), isDenied(error) ? `Or name them, ${byName}: that takes no such right.` : undefined];
      return fail((error as Error).message, hint.filter((part) => part !== undefined).join(' ') || undefined, error);
    } finally {
      if (!interruption) listening.stop();
      await connector.close();
    }
  };
}
