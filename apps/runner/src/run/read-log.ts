import type { SourceEvent } from '@flowmeta/connector';
import type { Terminal } from '../terminal/terminal.js';

/** Logs what a read leaves out, and what its source warns of: each warning once. */
export function createReadLog(terminal: Pick<Terminal, 'log'>) {
  const warnings = new Set<string>();
  return {
    skipped({ ref, error }: Extract<SourceEvent, { kind: 'skipped' }>): void {
      terminal.log('WARN', `${ref} was left out: ${error.message}`);
    },
    warning({ ref, message }: Extract<SourceEvent, { kind: 'warning' }>): void {
      const warning = ref === undefined ? message : `${ref}: ${message}`;
      if (!warnings.has(warning)) terminal.log('WARN', warning);
      warnings.add(warning);
    },
  };
}
