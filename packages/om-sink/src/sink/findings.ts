import { hintOf } from '../client/error.js';
import type { SinkFinding } from '../types.js';

/** The words of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What an error says to the user. */
export function findingOf(ref: string, error: unknown): SinkFinding {
  const hint = hintOf(error);
  return { ref, message: messageOf(error), ...(hint === undefined ? {} : { hint }) };
}

/** Findings without those that say the same about the same. */
export function distinctFindings(findings: readonly SinkFinding[]): SinkFinding[] {
  return [...new Map(findings.map((finding) => [`${finding.ref}\n${finding.message}`, finding])).values()];
}
