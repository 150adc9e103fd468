import type { Pipeline, Run, RunState } from '@flowmeta/connector';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactLimit } from '../src/duration-sketch.js';
import { createHealth, type HealthReport, type HealthStatistics } from '../src/index.js';
import { emptyLedger, enterPipeline, enterRun } from '../src/ledger.js';
import { reportOf } from '../src/report.js';
import type { OutcomeCounts } from '../src/types.js';
import { pipeline, run, since, taskRun, took, types, until, week } from './events.js';

type Event = { kind: 'pipeline'; pipeline: Pipeline } | { kind: 'run'; run: Run };

const states: RunState[] = [
  'queued',
  'running',
  'paused',
  'succeeded',
  'warning',
  'failed',
  'cancelled',
  'skipped',
  'unknown',
];
const revisions = fc.constantFrom('1', '2', undefined);
const taskNames = fc.constantFrom('a', 'b', 'c', 'd');
const pipelineNames = ['p', 'q', 'r'];
const instants = fc.integer({ min: since - week - 1_000_000, max: until + 1_000_000 });

const definitions = fc.tuple(
  ...pipelineNames.map((name) =>
    fc
      .record({
        tasks: fc.dictionary(taskNames, fc.constantFrom(...Object.values(types), undefined)),
        enabled: fc.boolean(),
        revision: revisions,
        isThere: fc.boolean(),
      })
      .map(({ tasks, enabled, revision, isThere }) =>
        isThere ? [pipeline(name, tasks, { enabled, ...(revision && { revision }) })] : [],
      ),
  ),
);
const runs = fc.array(
  fc
    .record({
      name: fc.constantFrom(...pipelineNames),
      revision: revisions,
      startedAt: instants,
      taskRuns: fc.array(
        fc
          .record({
            task: taskNames,
            state: fc.constantFrom(...states),
            attempts: fc.nat(5),
            startedAt: fc.option(instants, { nil: undefined }),
            milliseconds: fc.option(fc.integer({ min: -10, max: 1_000_000 }), { nil: undefined }),
          })
          .map(({ task, state, attempts, startedAt, milliseconds }) =>
            taskRun(task, state, {
              attempts,
              ...(startedAt !== undefined && { startedAt }),
              ...(startedAt !== undefined && milliseconds !== undefined && { endedAt: startedAt + milliseconds }),
            }),
          ),
        { maxLength: 5 },
      ),
    })
    .map(({ name, revision, startedAt, taskRuns }) =>
      run(name, taskRuns, { startedAt, ...(revision && { revision }) }),
    ),
  { maxLength: 40 },
);
const events: fc.Arbitrary<Event[]> = fc
  .tuple(definitions, runs)
  .map(([pipelines, all]) => [
    ...pipelines.flat().map((each) => ({ kind: 'pipeline' as const, pipeline: each })),
    ...all.map((each) => ({ kind: 'run' as const, run: each })),
  ]);

function reportOfEvents(all: readonly Event[]): HealthReport {
  const health = createHealth({
    since,
    until,
    typeOf: (name, revision, task) => (task === 'd' ? `x.${name}.R${revision}` : undefined),
  });
  health.installed([types.log, types.copy, 'x.y.Unused']);
  for (const event of all) {
    if (event.kind === 'pipeline') health.pipeline(event.pipeline);
    else health.run(event.run);
  }
  return health.report();
}

const outcomes = ['succeeded', 'warnings', 'failures', 'cancelled', 'skipped', 'unclear', 'open'] as const;
const sum = (all: readonly OutcomeCounts[], key: keyof OutcomeCounts): number =>
  all.reduce((total, each) => total + each[key], 0);

function everyStatistics({ types: byType, groups, unknown, total }: HealthReport): HealthStatistics[] {
  return [...byType, ...groups, unknown, total];
}

describe('a report', () => {
  it('has counts that add up', () => {
    fc.assert(
      fc.property(events, (all) => {
        const report = reportOfEvents(all);
        const taskRuns = all.reduce(
          (count, event) => count + (event.kind === 'run' ? event.run.taskRuns.length : 0),
          0,
        );
        const before = [...report.types, report.unknown].reduce(
          (count, { trend }) => count + (trend.kind === 'compared' ? trend.before.count : 0),
          0,
        );
        expect(report.total.count + before + report.outside).toBe(taskRuns);
        for (const key of ['count', ...outcomes] as const) {
          expect(sum([...report.types, report.unknown], key)).toBe(report.total[key]);
          expect(sum([...report.groups, report.unknown], key)).toBe(report.total[key]);
        }
        for (const each of everyStatistics(report)) {
          expect(outcomes.reduce((total, outcome) => total + each[outcome], 0)).toBe(each.count);
          expect(each.activity.reduce((total, { count }) => total + count, 0)).toBe(each.count);
          expect(each.activity.reduce((total, { failures }) => total + failures, 0)).toBe(each.failures);
        }
        expect(report.unknown.tasks.reduce((total, { count }) => total + count, 0)).toBe(report.unknown.count);
        expect(report.groups.flatMap((group) => group.types).sort()).toEqual(
          report.types.map(({ type }) => type).sort(),
        );
      }),
    );
  });

  it('has rates between 0 and 1, quantiles in order, and a health that fits', () => {
    fc.assert(
      fc.property(events, (all) => {
        for (const { failureRate, failures, duration, health, trend } of everyStatistics(reportOfEvents(all))) {
          if (failureRate !== undefined) {
            expect(failureRate).toBeGreaterThanOrEqual(0);
            expect(failureRate).toBeLessThanOrEqual(1);
          }
          expect(health === 'HEALTHY').toBe(failureRate === 0);
          expect(failures > 0).toBe(health === 'WARNING' || health === 'CRITICAL');
          if (duration) {
            expect(duration.p50).toBeLessThanOrEqual(duration.p95);
            expect(duration.p95).toBeLessThanOrEqual(duration.max);
            expect(duration.mean).toBeLessThanOrEqual(duration.max);
          }
          if (trend.kind === 'compared') {
            expect(trend.count).toBeGreaterThanOrEqual(-1);
            expect(Math.abs(trend.failureRate ?? 0)).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });

  it('does not depend on the order of the events', () => {
    const shuffled = events.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([inOrder, disordered]) => {
        expect(JSON.stringify(reportOfEvents(disordered))).toBe(JSON.stringify(reportOfEvents(inOrder)));
      }),
    );
  });

  it('is JSON: nothing is lost on the way', () => {
    fc.assert(
      fc.property(events, (all) => {
        const report = reportOfEvents(all);
        expect(JSON.parse(JSON.stringify(report))).toEqual(report);
      }),
    );
  });
});

describe('100,000 runs', () => {
  it('are not kept: what is remembered is as large as the definitions ask for', () => {
    const ledger = emptyLedger({ since, until }, () => undefined);
    const kinds = Object.values(types);
    for (let index = 0; index < 20; index++) {
      enterPipeline(
        ledger,
        pipeline(`p${index}`, { a: kinds[index % 6], b: kinds[(index + 1) % 6] }, { revision: '2' }),
      );
    }
    for (let index = 0; index < 100_000; index++) {
      const at = since - week + ((index * 7_919_321) % (2 * week));
      const taskRuns = [took('a', index % 9_973, { at }), took('b', index % 97, { at }), took('old', index, { at })];
      const name = `p${index % 21}`;
      enterRun(ledger, run(name, taskRuns, { id: `r${index}`, startedAt: at, revision: String(1 + (index % 2)) }));
    }
    const places = [...ledger.places.values()].flatMap((revisions) =>
      [...revisions.values()].flatMap((tasks) => [...tasks.values()]),
    );
    expect(places).toHaveLength(21 * 2 * 3);
    expect(ledger.byType.size).toBe(6);
    const unknown = places.filter(({ type }) => type === undefined).map(({ tallies }) => tallies);
    for (const tallies of [...ledger.byType.values(), ...unknown]) {
      for (const { durations } of [tallies.now, tallies.before]) {
        expect(durations.exact?.length ?? 0).toBeLessThanOrEqual(exactLimit);
        expect(durations.buckets.size).toBeLessThan(2_700);
      }
    }
    const known = [...ledger.byType.values()];
    expect(known.every(({ now }) => now.durations.exact === undefined)).toBe(true);
    const report = reportOf(ledger, { groupOf: (type) => type });
    expect(report.types.every(({ duration }) => duration?.relativeError === 0.01)).toBe(true);
    expect(report.unknown.count).toBeGreaterThan(0);
  });
});
