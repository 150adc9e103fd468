import { createHash } from 'node:crypto';
import type { Label, LineageEdge, Pipeline, Run, RunState, Task, TaskRun } from '@flowmeta/connector';
import fc from 'fast-check';

/** The digest that callers pass in. */
export const md5 = (text: string): string => createHash('md5').update(text).digest('base64url');

const fragments = [
  'a',
  'team',
  '日本',
  'é',
  'e\u0301',
  '😀',
  '\ud83d',
  '.',
  ':',
  '::',
  '"',
  '>',
  '/',
  '%2F',
  '#',
  '_',
  '_x',
  'x0022_',
  '_x003A_',
  '_xempty_',
  '_xcut0123456789abcdef_',
  ' ',
  '-',
  ' - ',
  '=',
  '(b)',
  '\n',
  '\0',
  '\u0085',
  '\u2028',
  '\u007f',
  'long'.repeat(40),
];

/** Names that servers dislike in every way they can. */
export const nastyText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...fragments), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.stringMatching(/^[a-z][a-z0-9_.-]{0,20}$/),
);

const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });

/** Drops undefined properties: the model knows absence only. */
function compact<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as {
    [Key in keyof Value]: Exclude<Value[Key], undefined>;
  };
}

const url: fc.Arbitrary<string> = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.constantFrom(
    'http://kestra:8080/ui/main/executions/a b/c',
    'https://kestra_1/ui?x={"a"}|b',
    'https://user:secret@kestra.example.com/ui',
    'javascript:alert(1)',
    'not a url',
    '/ui/relative',
    '',
  ),
  nastyText,
);

export const label: fc.Arbitrary<Label> = fc.record({ key: nastyText, value: nastyText });

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

const taskDetails: fc.Arbitrary<Omit<Task, 'name'>> = fc
  .record({
    displayName: optional(nastyText),
    description: optional(nastyText),
    type: optional(fc.constant('io.kestra.plugin.core.log.Log')),
    sourceUrl: optional(url),
    sql: optional(nastyText),
    enabled: fc.boolean(),
  })
  .map((value) => compact(value) as Omit<Task, 'name'>);

const task = (name: string): fc.Arbitrary<Task> => taskDetails.map((details) => ({ name, ...details }));

const pairsOf = (names: readonly string[]): Pipeline['edges'] =>
  names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to })));

export const pipeline: fc.Arbitrary<Pipeline> = fc
  .uniqueArray(nastyText, { maxLength: 6 })
  .chain((names) =>
    fc.record({
      name: nastyText,
      displayName: optional(nastyText),
      description: optional(nastyText),
      namespace: optional(nastyText),
      sourceUrl: optional(url),
      enabled: fc.boolean(),
      revision: optional(fc.constant('3')),
      tasks: fc.tuple(...names.map(task)),
      edges: fc.subarray(pairsOf(names)),
      schedules: fc.array(
        fc
          .record({
            id: fc.constant('s'),
            cron: fc.constantFrom('0 2 * * *', '@daily', '0 0 2 * * *'),
            timezone: optional(fc.constantFrom('Europe/Berlin', 'UTC')),
          })
          .map((value) => compact(value) as Pipeline['schedules'][number]),
        { maxLength: 3 },
      ),
      labels: fc.array(label, { maxLength: 4 }),
      owners: fc.array(fc.record({ name: nastyText, origin: fc.constant('label owner') }), { maxLength: 3 }),
      inputs: fc.constant<Pipeline['inputs']>([]),
      concurrency: optional(fc.nat(100)),
    }),
  )
  .map((value) => compact(value) as Pipeline);

const instant: fc.Arbitrary<number> = fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 });

const taskRunDetails: fc.Arbitrary<Omit<TaskRun, 'task'>> = fc
  .record({
    state: fc.constantFrom(...states),
    sourceState: fc.constant('X'),
    startedAt: optional(instant),
    endedAt: optional(instant),
    attempts: fc.nat(5),
    url: optional(url),
  })
  .map((value) => compact(value) as Omit<TaskRun, 'task'>);

/** A run of the pipeline, with task runs of its tasks and of one that it doesn't have. */
export const runOf = (definition: Pipeline): fc.Arbitrary<Run> =>
  fc
    .record({
      id: fc.uuid(),
      pipeline: fc.constant(definition.name),
      state: fc.constantFrom(...states),
      sourceState: fc.constant('X'),
      startedAt: instant,
      endedAt: optional(instant),
      revision: optional(fc.constant('7')),
      url: optional(url),
      taskRuns: fc.tuple(
        ...[...definition.tasks.map(({ name }) => name), 'not a task of this pipeline'].map((name) =>
          taskRunDetails.map((details) => ({ task: name, ...details })),
        ),
      ),
    })
    .map((value) => compact(value) as Run);

export const lineageEdge: fc.Arbitrary<LineageEdge> = fc
  .record({
    from: fc.oneof(
      fc.record({ kind: fc.constant('pipeline' as const), name: nastyText }),
      fc.record({
        kind: fc.constant('entity' as const),
        type: fc.constantFrom('table' as const, 'topic' as const),
        fqn: fc.constant('pg.shop.public.a'),
      }),
    ),
    to: fc.record({
      kind: fc.constant('entity' as const),
      type: fc.constantFrom('table' as const, 'container' as const),
      fqn: fc.constant('s3.bucket.b'),
    }),
    pipeline: optional(nastyText),
    description: nastyText,
    sql: optional(nastyText),
    columns: optional(
      fc.array(
        fc.record({
          from: fc.subarray(['id', 'amount', 'nowhere']),
          to: fc.constantFrom('id', 'AMOUNT', 'nowhere'),
          expression: nastyText,
        }),
      ),
    ),
    evidence: optional(fc.constantFrom('definition' as const, 'run' as const)),
  })
  .map((value) => compact(value) as LineageEdge);
