import { describe, it } from 'vitest';
import { conformanceRules } from './conformance-rules.js';
import { type ConformanceSubject, canTry, createTrial } from './subject.js';

/**
 * Declares the vitest suite that every connector passes: one test for each rule of `conformanceRules` that the subject lets it
 * try, with the rule's id in front of its sentence.
 *
 * @example
 * describeConnector({
 *   name: 'Acme',
 *   definition: acmeConnector,
 *   window: { since: Date.UTC(2026, 0, 1), until: Date.UTC(2026, 0, 2) },
 *   open: () => acmeConnector.open({ hostPort: server.url }, { now: () => 0, serviceName: 'acme' }),
 * });
 */
export function describeConnector(subject: ConformanceSubject): void {
  describe(`${subject.name}: what every connector promises`, () => {
    const violationsOf = createTrial(subject);
    for (const rule of conformanceRules) {
      if (!canTry(rule, subject)) continue;
      it(`${rule.id}: ${rule.sentence}`, async ({ task }) => {
        // In time to say more than that the test takes too long.
        const found = await violationsOf(rule, { longestMs: task.timeout * 0.8 });
        if (found.length > 0) throw new Error(found.slice(0, mostShown).join('\n'));
      });
    }
  });
}

/** One mistake is often made everywhere: the first ones tell. */
const mostShown = 10;
