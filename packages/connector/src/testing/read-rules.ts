import { specVersion } from '../connector.js';
import { verdictOf } from '../errors.js';
import type { Cursor, SourceEvent } from '../events.js';
import type { KnownPipeline } from '../incremental.js';
import { isInShard } from '../shard.js';
import {
  checkViolations,
  differenceViolations,
  isInScope,
  pipelinesOf,
  runsOf,
  streamRules,
  streamViolations,
} from './stream-rules.js';
import { type ConformanceRule, collect, earlierOf, type OpenConnector, type Session } from './subject.js';

const has = (events: readonly SourceEvent[], ...kinds: SourceEvent['kind'][]): boolean =>
  events.some(({ kind }) => kinds.includes(kind));

const none = (events: readonly SourceEvent[], why: string, ...kinds: SourceEvent['kind'][]): string[] => {
  const found = new Set(events.filter(({ kind }) => kinds.includes(kind)).map(({ kind }) => kind));
  return [...found].map((kind) => `${why}, and yet there is a \`${kind}\` event`);
};

const namesOf = (events: readonly SourceEvent[]): string[] => pipelinesOf(events).map(({ name }) => name);
const idsOf = (events: readonly SourceEvent[]): string[] => runsOf(events).map(({ id }) => id);

/** What one list has and the other lacks, one sentence each. */
const lacking = (what: string, wanted: readonly string[], there: readonly string[]): string[] => {
  const set = new Set(there);
  return wanted.filter((name) => !set.has(name)).map((name) => `${what} "${name}" is missing`);
};
const surplus = (what: string, wanted: readonly string[], there: readonly string[]): string[] => {
  const set = new Set(wanted);
  return there.filter((name) => !set.has(name)).map((name) => `${what} "${name}" was not asked for`);
};

/** Rules about what a read yields, and about what its options change. */
export const readRules = [
  {
    id: 'identity',
    sentence: 'It has a name in lower case and speaks this version of the interface.',
    async violations({ connect }) {
      const connector = await connect();
      const found: string[] = [];
      if (connector.specVersion !== specVersion) {
        found.push(`specVersion is ${connector.specVersion}, and this suite is for ${specVersion}`);
      }
      if (!/^[a-z][a-z0-9-]*$/.test(connector.name)) found.push(`"${connector.name}" is no name in lower case`);
      return found;
    },
  },
  ...(
    [
      ['pipelines-unique', 'Each pipeline has a name, and comes once.'],
      ['tasks-unique', 'The tasks of a pipeline have names that are unique in it.'],
      ['edges-closed', 'Edges lead from one task of the pipeline to another one, each once.'],
      ['schedules-valid', 'Schedules have an id, a cron expression and, if at all, an IANA time zone.'],
      [
        'details-whole',
        'Labels, owners and the reason of a degradation are not empty, and inputs have names of their own.',
      ],
      ['addresses-open', 'Addresses are absolute, http or https, and hold no credentials.'],
      ['runs-unique', 'Each run has an id, and comes once.'],
      ['runs-after-pipelines', 'A run comes after its pipeline.'],
      ['runs-in-window', 'Runs have started in the window that was asked for.'],
      ['times-in-ms', 'Instants are milliseconds since 1970, and nothing ends before it starts.'],
      ['states-told', 'Runs and task runs have the source’s own state, and an end only when they are over.'],
      ['task-runs-folded', 'A run has one task run at most for each task of its pipeline, and none for others.'],
      ['lineage-whole', 'Edges of lineage have two different ends and say how they came about.'],
      ['listed-last', 'After `listed` comes no pipeline of its scope, and before it no `linked`.'],
      ['findings-explained', 'Whatever is skipped, filtered or warned of has a name and a reason.'],
      ['events-plain', 'Events and cursors are plain JSON.'],
    ] as const
  ).map(([id, sentence]) => ({
    id,
    sentence,
    violations: async ({ whole, subject }: Session) => streamRules[id](await whole(), subject.window),
  })),
  {
    id: 'source-read',
    sentence: 'A read of the source yields its pipelines, and its runs if the connector reads runs.',
    async violations({ connect, whole }) {
      const { runs = false } = (await connect()).capabilities;
      const events = await whole();
      const found: string[] = [];
      if (!has(events, 'pipeline')) found.push('there is no pipeline');
      if (runs && !has(events, 'run')) found.push('there is no run');
      return found;
    },
  },
  {
    id: 'capabilities-kept',
    sentence: 'What its capabilities do not name is not yielded.',
    async violations({ connect, whole }) {
      const { runs = false, lineage = false, owners = false } = (await connect()).capabilities;
      const events = await whole();
      const owned = events.some((event) => event.kind === 'pipeline' && event.pipeline.owners.length > 0);
      return [
        ...(runs ? [] : none(events, 'it does not read runs', 'run')),
        ...(lineage ? [] : none(events, 'it does not read lineage', 'lineage', 'linked')),
        ...(owned && !owners ? ['it does not read owners, and yet a pipeline has some'] : []),
      ];
    },
  },
  {
    id: 'listed-when-complete',
    sentence: 'A read without a skipped item is called listed.',
    async violations({ whole }) {
      const events = await whole();
      return has(events, 'skipped') || has(events, 'listed') ? [] : ['nothing was skipped, and nothing is listed'];
    },
  },
  {
    id: 'same-twice',
    sentence: 'The same source gives the same answer twice on one connection.',
    async violations({ connect, read }) {
      const connector = await connect();
      return differenceViolations(await read(connector), await read(connector));
    },
  },
  {
    id: 'names-stable',
    sentence: 'Pipelines, tasks and runs have the same names on another connection.',
    async violations({ connect, read, whole }) {
      const names = (events: readonly SourceEvent[]) =>
        events.flatMap((event) => {
          if (event.kind === 'run') return [`run ${event.run.id}`];
          if (event.kind !== 'pipeline') return [];
          const { name, tasks } = event.pipeline;
          return [`pipeline ${name}`, ...tasks.map((task) => `task ${task.name} of ${name}`)];
        });
      const before = names(await whole());
      const after = names(await read(await connect()));
      return [...lacking('on another connection', before, after), ...lacking('on one connection', after, before)];
    },
  },
  {
    id: 'runs-optional',
    sentence: 'Runs are left out when they are not asked for.',
    async violations({ connect, read, whole }) {
      const events = await read(await connect(), { runs: false });
      return [
        ...none(events, 'no runs were asked for', 'run'),
        ...lacking('pipeline', namesOf(await whole()), namesOf(events)),
      ];
    },
  },
  {
    id: 'pipelines-optional',
    sentence: 'Without pipelines there is no pipeline, nothing is listed or linked, and the runs are the same.',
    async violations({ connect, read, whole }) {
      const events = await read(await connect(), { pipelines: false });
      return [
        ...none(events, 'no pipelines were asked for', 'pipeline', 'unchanged', 'listed', 'linked'),
        ...lacking('run', idsOf(await whole()), idsOf(events)),
      ];
    },
  },
  {
    id: 'definitions-reused',
    sentence: 'With the definitions of the read before, the runs are the same, and no definition comes again.',
    async violations({ connect, read }) {
      const connector = await connect();
      const before = await read(connector);
      const events = await read(connector, { pipelines: false, sameDefinitions: true });
      return [
        ...none(events, 'no pipelines were asked for', 'pipeline', 'unchanged', 'listed', 'linked'),
        ...exactly('run', idsOf(before), idsOf(events)),
      ];
    },
  },
  {
    id: 'lineage-optional',
    sentence: 'Lineage is left out when it is not asked for.',
    async violations({ connect, read }) {
      const events = await read(await connect(), { lineage: false });
      return none(events, 'no lineage was asked for', 'lineage', 'unresolved', 'linked');
    },
  },
  {
    id: 'window-honoured',
    sentence: '`since` is the first instant that is read, and `until` the first one that is not.',
    async violations({ connect, read, whole, subject: { window } }) {
      const runs = runsOf(await whole());
      // The latest run is in one half and not in the other; earlier ones with the same start go with it.
      const middle = Math.max(...runs.map(({ startedAt }) => startedAt));
      if (runs.length === 0) return [];
      const connector = await connect();
      const late = runsOf(await read(connector, { since: middle }));
      const early = runsOf(await read(connector, { until: middle }));
      const ids = (keep: (startedAt: number) => boolean) =>
        runs.filter(({ startedAt }) => keep(startedAt)).map(({ id }) => id);
      return [
        ...late.filter(({ startedAt }) => startedAt < middle || startedAt >= window.until).map(outside),
        ...early.filter(({ startedAt }) => startedAt < window.since || startedAt >= middle).map(outside),
        ...lacking(
          'since its own start, run',
          ids((start) => start >= middle),
          late.map(({ id }) => id),
        ),
        ...lacking(
          'until a later start, run',
          ids((start) => start < middle),
          early.map(({ id }) => id),
        ),
      ];
    },
  },
  {
    id: 'namespaces-honoured',
    sentence: 'Of namespaces that are asked for, all of them and of their children is read, and nothing else.',
    async violations({ connect, read, whole, subject: { window } }) {
      const all = pipelinesOf(await whole());
      const [namespace] = all.flatMap((pipeline) => (pipeline.namespace === undefined ? [] : [pipeline.namespace]));
      if (namespace === undefined) return [];
      const connector = await connect();
      const parent = namespace.includes('.') ? [namespace.slice(0, namespace.lastIndexOf('.'))] : [];
      const found: string[] = [];
      for (const name of [namespace, ...parent, 'no-such-namespace']) {
        const scope = { namespaces: [name] };
        const events = await read(connector, scope);
        const wanted = all.filter((pipeline) => isInScope(pipeline.namespace, scope)).map((pipeline) => pipeline.name);
        found.push(
          ...lacking(`in ${name}, pipeline`, wanted, namesOf(events)),
          ...surplus(`in ${name}, pipeline`, wanted, namesOf(events)),
          ...streamViolations(events, window),
        );
        for (const event of events) {
          if (event.kind !== 'listed') continue;
          const isWithin = event.scope.namespaces?.every((each) => isInScope(each, scope)) === true;
          if (!isWithin) found.push(`only ${name} was asked for, and more is called listed`);
        }
      }
      return found;
    },
  },
  {
    id: 'shard-honoured',
    sentence: 'Of a shard, its pipelines and runs are the same; others may be left out, and then they are `filtered`.',
    async violations({ connect, read, whole, subject: { window } }) {
      const events = await whole();
      const connector = await connect();
      const found: string[] = [];
      for (const index of [0, 1]) {
        const shard = { index, count: 2 };
        const isOwn = (name: string) => isInShard(name, shard);
        const part = await read(connector, { shard, lineage: false });
        const own = (all: readonly SourceEvent[]) => [
          ...namesOf(all).filter(isOwn),
          ...runsOf(all).flatMap(({ id, pipeline }) => (isOwn(pipeline) ? [id] : [])),
        ];
        const told = new Set(part.flatMap((event) => (event.kind === 'filtered' ? [event.ref] : [])));
        found.push(
          ...exactly(`in shard ${index} of 2, pipeline or run`, own(events), own(part)),
          ...lacking(
            `in shard ${index} of 2, the word that it is left out of pipeline`,
            namesOf(events).filter((name) => !isOwn(name)),
            [...told, ...namesOf(part)],
          ),
          ...streamViolations(part, window),
        );
      }
      return found;
    },
  },
  {
    id: 'only-honoured',
    sentence:
      'Of `only`, just these pipelines and runs are read and nothing is concluded; or the read refuses it as fatal.',
    async violations({ connect, whole, subject: { window } }) {
      const events = await whole();
      const connector = await connect();
      const readOnly = async (only: { pipelines?: string[]; runs?: string[] }) => {
        try {
          return await collect(connector.read({ ...window, only }));
        } catch (error) {
          if (verdictOf(error) === 'fatal') return undefined;
          throw error;
        }
      };
      const [run] = runsOf(events);
      const name = run?.pipeline ?? namesOf(events)[0];
      if (name === undefined) return [];
      const single = await readOnly({ pipelines: [name] });
      if (single === undefined) return [];
      const ofIt = runsOf(events).filter(({ pipeline }) => pipeline === name);
      const found = [
        ...concluded(single),
        ...exactly('pipeline', [name], namesOf(single)),
        ...lacking(
          'run',
          ofIt.map(({ id }) => id),
          idsOf(single),
        ),
        ...streamViolations(single, window),
      ];
      if (run !== undefined) {
        const execution = (await readOnly({ runs: [run.id] })) ?? [];
        found.push(
          ...concluded(execution),
          ...exactly('pipeline', [name], namesOf(execution)),
          ...exactly('run', [run.id], idsOf(execution)),
        );
      }
      const nothing = (await readOnly({ pipelines: [`${name}-nowhere`] })) ?? [];
      found.push(...concluded(nothing), ...exactly('pipeline', [], namesOf(nothing)));
      if (nothing.filter(({ kind }) => kind === 'skipped').length !== 1) {
        found.push('a pipeline that the source does not have is not one `skipped`');
      }
      return found;
    },
  },
  {
    id: 'known-honoured',
    sentence:
      'Only a pipeline that the host knows comes as `unchanged`, with the tasks that it knows, and all else is the same.',
    async violations({ connect, read, whole }) {
      const events = await whole();
      const connector = await connect();
      const asked = new Map<string, string>();
      const first = await read(connector, {
        known: async (pipeline, fingerprint) => {
          asked.set(pipeline, fingerprint);
          return undefined;
        },
      });
      const found = [
        ...none(first, 'nothing was known', 'unchanged'),
        ...lacking('when nothing is known, pipeline', namesOf(events), namesOf(first)),
      ];
      const told = new Map(
        first.flatMap((event): [string, KnownPipeline][] => {
          if (event.kind !== 'pipeline') return [];
          const tasks = event.pipeline.tasks.map((task) => task.name);
          return [[event.pipeline.name, { tasks, ...(event.memo !== undefined && { memo: event.memo }) }]];
        }),
      );
      const answered = new Set<string>();
      const second = await read(connector, {
        known: async (pipeline, fingerprint) => {
          if (asked.get(pipeline) !== fingerprint) {
            found.push(`the fingerprint of "${pipeline}" is another one in the second read`);
          }
          const known = told.get(pipeline);
          if (known) answered.add(pipeline);
          return known;
        },
      });
      for (const event of second) {
        if (event.kind === 'pipeline' && answered.has(event.pipeline.name)) {
          found.push(`the host knows "${event.pipeline.name}", and yet it comes as \`pipeline\``);
        }
        if (event.kind !== 'unchanged') continue;
        const { name, tasks } = event.pipeline;
        if (!answered.has(name)) found.push(`the host does not know "${name}", and yet it comes as \`unchanged\``);
        else if (JSON.stringify(tasks) !== JSON.stringify(told.get(name)?.tasks)) {
          found.push(`"${name}" is unchanged and comes with other tasks than the host knows`);
        }
      }
      return [
        ...found,
        ...lacking('when all is known, pipeline', namesOf(events), namesOf(second)),
        ...lacking('when all is known, run', idsOf(events), idsOf(second)),
        ...(has(events, 'listed') && !has(second, 'listed') ? ['when all is known, nothing is listed'] : []),
      ];
    },
  },
  {
    id: 'fingerprint-changes',
    sentence: 'The fingerprint of a pipeline is another one when its definition is.',
    needs: 'changed',
    async violations({ connect, read, subject: { worlds } }) {
      const readWith = async (open?: OpenConnector) => {
        const asked = new Map<string, string>();
        const events = await read(await connect(open), {
          known: async (pipeline, fingerprint) => {
            asked.set(pipeline, fingerprint);
            return undefined;
          },
        });
        const texts = events.flatMap((event): [string, string][] =>
          event.kind === 'pipeline' ? [[event.pipeline.name, JSON.stringify(event.pipeline)]] : [],
        );
        return { asked, texts: new Map(texts) };
      };
      const before = await readWith();
      const after = await readWith(worlds?.changed);
      const changed = [...before.texts].filter(
        ([name, text]) => after.texts.has(name) && after.texts.get(name) !== text,
      );
      if (changed.length === 0) return ['in the world `changed`, every pipeline is as it was'];
      return changed.flatMap(([name]) => {
        const fingerprint = before.asked.get(name);
        return fingerprint !== undefined && after.asked.get(name) === fingerprint
          ? [`"${name}" has changed, and its fingerprint has not`]
          : [];
      });
    },
  },
  {
    id: 'refreshed-once',
    sentence:
      'A run of before the window that is asked for again comes once, or not at all; one that is gone is no `run`.',
    async violations({ connect, read, whole }) {
      const runs = runsOf(await whole());
      const last = runs.reduce<(typeof runs)[number] | undefined>(
        (one, other) => (one === undefined || other.startedAt < one.startedAt ? other : one),
        undefined,
      );
      if (last === undefined) return [];
      const since = last.startedAt + 1;
      const { id: run, pipeline, startedAt } = last;
      const events = await read(await connect(), {
        since,
        refresh: [
          { run, pipeline, startedAt },
          { run: 'no-such-run', pipeline, startedAt },
        ],
      });
      const gone = events.flatMap((event) => (event.kind === 'gone' ? [event.run] : []));
      return [
        ...streamRules['runs-unique'](events, { since, until: Infinity }),
        ...gone.filter((id) => id !== 'no-such-run').map((id) => `run "${id}" is there and is called gone`),
        ...idsOf(events)
          .filter((id) => id === 'no-such-run')
          .map((id) => `run "${id}" is not there and comes as \`run\``),
      ];
    },
  },
  {
    id: 'cursor-monotonic',
    sentence: 'Numbers in cursors do not go back, and a read goes on from a cursor.',
    async violations({ connect, read, subject: { window } }) {
      const connector = await connect();
      const half = Math.floor((window.since + window.until) / 2);
      const cursors: Cursor[] = [];
      const note = (events: SourceEvent[]) => {
        for (const event of events) if (event.kind === 'checkpoint') cursors.push(event.cursor);
      };
      note(await read(connector, { until: half }));
      note(await read(connector));
      const cursor = cursors.at(-1);
      if (cursor === undefined) return [];
      const resumed = await read(connector, { cursor });
      note(resumed);
      const found = streamViolations(resumed, window);
      cursors.slice(1).forEach((after, index) => {
        for (const [key, value] of Object.entries(cursors[index]!)) {
          const next = after[key];
          if (typeof value === 'number' && typeof next === 'number' && next < value) {
            found.push(`"${key}" of a cursor goes back from ${value} to ${next}`);
          }
        }
      });
      return found;
    },
  },
  {
    id: 'check-passes',
    sentence: '`check()` tries the source in named steps, none of which fails.',
    async violations({ connect }) {
      const steps = await collect((await connect()).check());
      const failed = steps.filter((step) => step.status === 'failed');
      return [...checkViolations(steps), ...failed.map(({ name, message }) => `step "${name}" failed: ${message}`)];
    },
  },
  {
    id: 'runs-counted',
    sentence: '`countRuns` counts no fewer runs than there are, and as many in two halves of a window as in the whole.',
    async violations({ connect, whole, subject: { window } }) {
      const connector = await connect();
      if (connector.countRuns === undefined) return [];
      const told = runsOf(await whole());
      const middle = told[0]?.startedAt ?? window.until;
      const halves = [
        { since: window.since, until: middle },
        { since: middle, until: window.until },
      ];
      const [all, ...parts] = (await connector.countRuns([window, ...halves])).map(({ runs }) => runs);
      const found: string[] = [];
      if (parts.length !== 2) found.push(`three windows get ${parts.length + 1} counts`);
      if (all! < told.length) found.push(`a window with ${told.length} runs counts ${all}`);
      const sum = parts.reduce((total, runs) => total + runs, 0);
      if (sum !== all) found.push(`two halves count ${parts.join(' and ')}, the whole window ${all}`);
      return found;
    },
  },
  {
    id: 'exists-answers',
    sentence: '`exists` finds what was listed and not what never was; `owns` knows what was listed as its own.',
    async violations({ connect, whole }) {
      const connector = await connect();
      const event = (await whole()).find((each) => each.kind === 'pipeline');
      if (event?.kind !== 'pipeline') return [];
      const pipeline = earlierOf(event.pipeline);
      const missing = { ...pipeline, name: `${pipeline.name}-nowhere` };
      const found: string[] = [];
      const present = await connector.exists?.(pipeline);
      if (present === 'absent') found.push(`exists() does not find "${pipeline.name}", which was listed`);
      const absent = await connector.exists?.(missing);
      if (absent === 'present') found.push(`exists() finds "${missing.name}", which never was`);
      if ((await connector.owns?.(pipeline)) === false) {
        found.push(`owns() does not know "${pipeline.name}", which was listed`);
      }
      return found;
    },
  },
] satisfies ConformanceRule[];

const outside = ({ id, startedAt }: { id: string; startedAt: number }): string =>
  `run "${id}" started at ${startedAt}, outside of a narrower window`;

const concluded = (events: readonly SourceEvent[]): string[] =>
  none(events, 'only a part was asked for', 'listed', 'linked', 'lineage', 'checkpoint');

const exactly = (what: string, wanted: readonly string[], there: readonly string[]): string[] => [
  ...lacking(what, wanted, there),
  ...surplus(what, wanted, there),
];
