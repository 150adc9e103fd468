import { hintOf, verdictOf } from '../errors.js';
import type { SourceEvent } from '../events.js';
import { checkViolations, pipelinesOf, runsOf, streamViolations } from './stream-rules.js';
import { type ConformanceRule, collect, earlierOf, type OpenConnector, type Session } from './subject.js';

/** Rules about a source that is not as it should be, and about what must not come out of any. */
export const worldRules = [
  {
    id: 'broken-pipeline-skipped',
    sentence:
      'A pipeline that can’t be read is one `skipped` with its name, which a `listed` has in `except`; the others are read, and nothing is called linked.',
    needs: 'brokenPipeline',
    async violations({ observe, whole, subject: { worlds, window } }) {
      const intact = await whole();
      const { events, error } = await observe(worlds!.brokenPipeline!);
      if (error !== undefined) return [`the read ends: ${String(error)}`];
      const there = new Set(pipelinesOf(events).map(({ name }) => name));
      const missing = pipelinesOf(intact).filter(({ name }) => !there.has(name));
      const [broken] = missing;
      if (broken === undefined) return ['in the world `brokenPipeline`, every pipeline is there'];
      const runs = new Set(runsOf(events).map(({ id }) => id));
      const lost = runsOf(intact).filter(({ id, pipeline }) => pipeline !== broken.name && !runs.has(id));
      const claimed = events.filter(({ kind }) => kind === 'linked');
      const forgetful = events.filter(
        (event) => event.kind === 'listed' && event.except?.includes(broken.name) !== true,
      );
      return [
        ...missing.slice(1).map(({ name }) => `pipeline "${name}" is missing too`),
        ...lost.map(({ id }) => `run "${id}" is missing, of a pipeline that can be read`),
        ...forgetful.map(
          () => `"${broken.name}" could not be read, and a \`listed\` event does not have it in \`except\``,
        ),
        ...claimed.map(() => 'a pipeline could not be read, and yet there is a `linked` event'),
        ...skippedOnce(events, intact, broken.name),
        ...streamViolations(events, window),
      ];
    },
  },
  {
    id: 'broken-run-skipped',
    sentence: 'A run that can’t be read is one `skipped`; all else is read, and there is no `checkpoint`.',
    needs: 'brokenRun',
    async violations({ observe, whole, subject: { worlds, window } }) {
      const intact = await whole();
      const { events, error } = await observe(worlds!.brokenRun!);
      if (error !== undefined) return [`the read ends: ${String(error)}`];
      const runs = new Set(runsOf(events).map(({ id }) => id));
      const missing = runsOf(intact).filter(({ id }) => !runs.has(id));
      if (missing.length === 0) return ['in the world `brokenRun`, every run is there'];
      const hasCheckpoint = events.some(({ kind }) => kind === 'checkpoint');
      return [
        ...missing.slice(1).map(({ id }) => `run "${id}" is missing too`),
        ...(pipelinesOf(events).length < pipelinesOf(intact).length ? ['a pipeline is missing too'] : []),
        ...(hasCheckpoint ? ['a run could not be read, and yet there is a `checkpoint`: it would never be read'] : []),
        ...skippedOnce(events, intact),
        ...streamViolations(events, window),
      ];
    },
  },
  {
    id: 'unreachable-told',
    sentence: 'When the source can’t be reached, `check()` says so in a failed step with a hint, and does not throw.',
    needs: 'unreachable',
    async violations({ connect, subject: { worlds } }) {
      const steps = await collect((await connect(worlds?.unreachable)).check());
      const found = checkViolations(steps);
      return steps.some(({ status }) => status === 'failed') ? found : [...found, 'no step failed'];
    },
  },
  {
    id: 'unreachable-thrown',
    sentence:
      'A read of a source that can’t be reached throws an error with a verdict and yields nothing that is read.',
    needs: 'unreachable',
    async violations({ observe, subject: { worlds } }) {
      const { events, error } = await observe(worlds!.unreachable!);
      const read = events.filter(({ kind }) => kind !== 'warning');
      const found = read.map(({ kind }) => `there is a \`${kind}\` event`);
      if (error === undefined) return [...found, 'it ends as if all were well'];
      if (verdictOf(error) === undefined) found.push(`the error has no verdict: ${String(error)}`);
      return found;
    },
  },
  {
    id: 'unreachable-not-absent',
    sentence: '`exists` never says `absent` of a source that can’t be reached.',
    needs: 'unreachable',
    async violations({ connect, whole, subject: { worlds } }) {
      const [event] = (await whole()).filter((each) => each.kind === 'pipeline');
      const connector = await connect(worlds?.unreachable);
      if (!connector.exists || event?.kind !== 'pipeline') return [];
      const answer = await connector.exists(earlierOf(event.pipeline)).catch(() => 'unknown');
      return answer === 'unknown' ? [] : [`exists() says "${answer}", and nothing has answered`];
    },
  },
  {
    id: 'secrets-hidden',
    sentence: 'Secrets come out in no event, no error and no step of a check.',
    needs: 'secrets',
    async violations(session) {
      const { secrets = [], worlds = {}, open } = session.subject;
      const places: [string, string][] = [];
      for (const world of [open, worlds.brokenPipeline, worlds.brokenRun, worlds.unreachable]) {
        if (world) places.push(...(await textsOf(world, session)));
      }
      return secrets.flatMap((secret, index) => {
        const forms = [...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])];
        const where = places.filter(([, text]) => forms.some((form) => text.includes(form))).map(([place]) => place);
        // Which one it is and not what: this sentence goes to a log.
        return [...new Set(where)].map((place) => `secret ${index + 1} of \`secrets\` shows in ${place}`);
      });
    },
  },
] satisfies ConformanceRule[];

async function textsOf(world: OpenConnector, { connect, observe }: Session): Promise<[place: string, text: string][]> {
  const { events, error } = await observe(world);
  const connector = await connect(world);
  const steps = await collect(connector.check()).catch((thrown: unknown) => [thrown]);
  return [
    ...events.map((event): [string, string] => [`\`${event.kind}\``, textOf(event)]),
    ['an error of read()', textOf(error)],
    ...steps.map((step): [string, string] => ['a step of check()', textOf(step)]),
  ];
}

/** All that a report or a log might show of a value. */
function textOf(value: unknown): string {
  if (value instanceof Error) {
    return [value.message, value.stack, hintOf(value), value.cause === undefined ? '' : textOf(value.cause)].join('\n');
  }
  if (typeof value === 'object' && value !== null && 'error' in value)
    return textOf(value.error) + JSON.stringify(value);
  return JSON.stringify(value) ?? '';
}

/** What is skipped beyond what was skipped before: exactly one item. */
function skippedOnce(events: readonly SourceEvent[], intact: readonly SourceEvent[], name?: string): string[] {
  const refs = (from: readonly SourceEvent[]) => from.flatMap((event) => (event.kind === 'skipped' ? [event.ref] : []));
  const before = new Set(refs(intact));
  const added = refs(events).filter((ref) => !before.has(ref));
  if (added.length !== 1) return [`it is ${added.length} \`skipped\`, and not one`];
  return name === undefined || added[0] === name ? [] : [`what is skipped is called "${added[0]}", and not "${name}"`];
}
