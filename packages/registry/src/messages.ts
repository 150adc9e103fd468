import type { ConnectorContext } from '@flowmeta/connector';
import type { PlainError } from './plain-error.js';

/** The methods of a connector that can be called from the other side. */
export type Method = 'check' | 'read' | 'owns' | 'exists' | 'installedTypes' | 'countRuns' | 'tenants' | 'close';

/** Functions of `ReadOptions`, which stay with the host. */
export type Question = 'known' | 'runsSince';

/** From the host to the guest, which runs the connector. */
export type ToGuest =
  | {
      kind: 'open';
      /** What to import, and the keys that lead to the definition. */
      module: string;
      exported: string[];
      config: unknown;
      /** How far the host's clock is ahead of the machine's, ms. */
      clockOffset: number;
      context: Omit<ConnectorContext, 'now' | 'debug' | 'onRequest' | 'onAvailability'>;
    }
  | { kind: 'call'; id: number; method: Method; args: unknown[]; questions: Question[]; credit: number }
  /** So many more items of a stream may be sent. */
  | { kind: 'more'; id: number; credit: number }
  /** The answer to this call is not wanted any more. */
  | { kind: 'stop'; id: number }
  | { kind: 'answer'; question: number; value?: unknown; error?: PlainError };

/** From the guest to the host. */
export type ToHost =
  | { kind: 'ready' }
  | { kind: 'opened'; name: string; specVersion: number; capabilities: object; methods: Method[] }
  | { kind: 'refused'; error: PlainError }
  | { kind: 'item'; id: number; value: unknown }
  /** A `skipped` event, whose error needs to be packed. */
  | { kind: 'skipped'; id: number; ref: string; error: PlainError }
  | { kind: 'end'; id: number; value?: unknown }
  | { kind: 'fail'; id: number; error: PlainError }
  | { kind: 'ask'; question: number; call: number; what: Question; args: unknown[] }
  | { kind: 'debug'; message: string }
  | { kind: 'request'; request: object }
  | { kind: 'availability'; change: object }
  /** An error that nobody caught; the guest ends. */
  | { kind: 'crash'; error: PlainError };
