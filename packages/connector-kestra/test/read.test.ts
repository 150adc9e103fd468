import { type SourceEvent, VerdictError } from '@flowmeta/connector';
import type { KestraClient } from '@flowmeta/kestra-client';
import { kestraVersions } from '@flowmeta/recordings';
import { describe, expect, it } from 'vitest';
import { kestraConfigSchema } from '../src/config.js';
import { connectKestra } from '../src/connector.js';
import { type Reading, read, window } from './reading.js';
import { type Call, flowOf, recordedClient, type Snapshot, snapshot } from './recorded-client.js';

type Kind = SourceEvent['kind'];
const only = <K extends Kind>(events: SourceEvent[], kind: K) =>
  events.filter((event): event is Extract<SourceEvent, { kind: K }> => event.kind === kind);
const pipelineNames = (events: SourceEvent[]): string[] =>
  only(events, 'pipeline').map(({ pipeline }) => pipeline.name);

/** A snapshot with these flows alone. */
const withFlows = (...flows: object[]): Snapshot => ({
  ...snapshot('1.0.3'),
  flows: flows.map(flowOf),
  executions: [],
  triggers: [],
});
const task = { id: 't', type: 'io.kestra.plugin.core.log.Log' };

/** Flows whose Flow triggers match too many flows, or none. */
const doubtful = {
  '0.17.23': ['company.team.ft_ns_comparison', 'monitoring.ft_any'],
  '0.20.5': ['monitoring.ft_any'],
  '1.0.3': ['monitoring.ft_any'],
  '2.0.0': ['monitoring.ft_when'],
};

describe.each(kestraVersions)('a read of Kestra %s', (version) => {
  it('yields every flow in the order of the listing, listed, lineage, every run, lineage of datasets, linked, a checkpoint', async () => {
    const { flows, executions } = snapshot(version);
    const events = await read({ of: snapshot(version) });
    expect(pipelineNames(events)).toEqual(flows.map(({ namespace, id }) => `${namespace}.${id}`));
    const kinds = events
      .map(({ kind }) => kind)
      .filter((kind, index, all) => kind !== all[index - 1] && kind !== 'filtered' && kind !== 'warning');
    expect([...new Set(kinds)]).toEqual(['pipeline', 'listed', 'lineage', 'run', 'unresolved', 'linked', 'checkpoint']);
    const left = only(events, 'filtered').filter(({ item }) => item === 'run');
    expect(only(events, 'run').map(({ run }) => run.id).length + left.length).toBe(executions.length);
    expect(events.at(-1)).toEqual({ kind: 'checkpoint', cursor: { until: window.until } });
    expect(only(events, 'warning').map(({ ref }) => ref)).toEqual(doubtful[version]);
  });

  it('asks for all runs at once, and for single ones only where a search lacks their task runs', async () => {
    const calls: Call[] = [];
    const events = await read({ of: snapshot(version), calls });
    expect(calls.filter((call) => call.startsWith('executions'))).toEqual(['executions ']);
    const single = calls.filter((call) => call.startsWith('execution '));
    expect(single.length).toBe(version === '2.0.0' ? only(events, 'run').length : 0);
    expect(only(events, 'run').filter(({ run }) => run.taskRuns.length > 0).length).toBeGreaterThan(100);
    expect(calls.filter((call) => call.startsWith('graph')).length).toBe(snapshot(version).flows.length);
  });

  it('asks for no graph where none is wanted, and tells the same tasks and runs', async () => {
    const calls: Call[] = [];
    const without = await read({ of: snapshot(version), calls, options: { taskGraph: false } });
    expect(calls.filter((call) => call.startsWith('graph'))).toEqual([]);
    const all = await read({ of: snapshot(version) });
    const tasks = (events: SourceEvent[]) =>
      only(events, 'pipeline').map(({ pipeline }) =>
        pipeline.tasks.map(({ name, type, enabled }) => [name, type, enabled]).sort(),
      );
    expect(tasks(without)).toEqual(tasks(all));
    expect(only(without, 'run')).toEqual(only(all, 'run'));
  });
});

describe('a read', () => {
  it('counts runs of flows that no longer exist', async () => {
    const left = only(await read({ of: snapshot('0.20.5') }), 'filtered');
    expect(left).toHaveLength(2);
    expect(left).toEqual(
      left.map(({ ref }) => ({ kind: 'filtered', item: 'run', ref, reason: 'its pipeline no longer exists' })),
    );
  });

  it('reads a flow that the server cannot parse from its source, says so, and still calls everything listed', async () => {
    const of = snapshot('1.0.3', 'fill-np');
    const events = await read({ of });
    const broken = of.flows.filter(({ exception }) => exception !== undefined);
    const degraded = only(events, 'pipeline').filter(({ pipeline }) => pipeline.degraded !== undefined);
    expect(degraded.map(({ pipeline }) => pipeline.name)).toEqual(
      broken.map(({ namespace, id }) => `${namespace}.${id}`),
    );
    expect(degraded.filter(({ pipeline }) => pipeline.tasks.length === 0)).toEqual([]);
    expect(degraded[0]?.pipeline.degraded).toMatch(
      /^Kestra cannot parse this flow: .*\. It was read from its source\.$/,
    );
    expect(only(events, 'listed')).toHaveLength(1);
  });

  it('skips a flow that nobody can parse, leaves its runs alone, and calls all but it listed', async () => {
    const { executions } = snapshot('1.0.3');
    const run = executions.find(({ flowId }) => flowId === 'linear')!;
    const of = {
      ...withFlows(
        { namespace: run.namespace, id: 'linear', exception: 'Invalid type' },
        { namespace: 'a', id: 'fine', tasks: [task] },
      ),
      flowsWithSource: new Map(),
      executions: [run],
    };
    const events = await read({ of });
    expect(only(events, 'skipped')).toMatchObject([
      { ref: 'company.team.linear', error: { message: expect.stringContaining('Invalid type') } },
    ]);
    expect(pipelineNames(events)).toEqual(['a.fine']);
    expect(only(events, 'listed')).toEqual([{ kind: 'listed', scope: {}, except: ['company.team.linear'] }]);
    expect(only(events, 'linked')).toEqual([]);
    expect(only(events, 'filtered')).toMatchObject([{ ref: run.id, reason: 'its flow could not be read' }]);
  });

  it('skips a flow of the listing that is broken but has its name, and calls all but it listed', async () => {
    const error = new Error('no tasks');
    const overrides: Partial<KestraClient> = {
      async *flows({ onUnreadable } = {}) {
        onUnreadable?.({ ref: 'a.broken', isNamed: true, error });
        yield flowOf({ namespace: 'a', id: 'f', tasks: [task] });
      },
    };
    const events = await read({ of: withFlows(), overrides });
    expect(only(events, 'skipped')).toEqual([{ kind: 'skipped', ref: 'a.broken', error }]);
    expect(only(events, 'listed')).toEqual([{ kind: 'listed', scope: {}, except: ['a.broken'] }]);
    expect(only(events, 'linked')).toEqual([]);
  });

  it('skips items of the listing that are no flow, and calls nothing listed', async () => {
    const error = new Error('no id');
    const overrides: Partial<KestraClient> = {
      async *flows({ onUnreadable } = {}) {
        yield flowOf({ namespace: 'a', id: 'f', tasks: [task] });
        onUnreadable?.({ ref: 'flows[1]', error });
      },
    };
    const events = await read({ of: withFlows(), overrides });
    expect(only(events, 'skipped')).toEqual([{ kind: 'skipped', ref: 'flows[1]', error }]);
    expect(only(events, 'listed')).toEqual([]);
  });

  it.each([404, 409, 422, 500])('computes the graph from the definition when the server answers %i', async (status) => {
    const of = withFlows({ namespace: 'a', id: 'f', tasks: [task, { ...task, id: 'u' }] });
    const [event] = only(
      await read({ of, overrides: { flowGraph: async () => ({ ok: false, status, message: 'No.' }) } }),
      'pipeline',
    );
    expect(event?.pipeline).toMatchObject({
      edges: [{ from: 't', to: 'u' }],
      degraded: `Kestra could not draw the task graph (status ${status}), so it was computed from the definition: No.`,
    });
  });

  it('computes the graph from the definition when the request fails, but gives up when it keeps failing', async () => {
    const failing = (verdict: 'skip' | 'retry') => ({
      flowGraph: async () => {
        throw new VerdictError('time-out', { verdict });
      },
    });
    const few = withFlows(...['a', 'b', 'c'].map((id) => ({ namespace: 'n', id, tasks: [task] })));
    expect(pipelineNames(await read({ of: few, overrides: failing('retry') }))).toHaveLength(3);
    const { flows } = snapshot('1.0.3');
    expect(pipelineNames(await read({ overrides: failing('skip'), options: { runs: false } }))).toHaveLength(
      flows.length,
    );
    await expect(read({ overrides: failing('retry') })).rejects.toThrow('time-out');
  });

  it('ends with a fatal error', async () => {
    const error = new VerdictError('401', { verdict: 'fatal' });
    const fail = async () => {
      throw error;
    };
    for (const overrides of [{ server: fail }, { flowGraph: fail }])
      await expect(read({ overrides })).rejects.toBe(error);
    await expect(read({ of: snapshot('2.0.0'), overrides: { execution: fail } })).rejects.toBe(error);
  });

  it('skips a run that cannot be read, and sets no checkpoint', async () => {
    const of = snapshot('2.0.0');
    const bad = of.executions[0]!.id;
    const overrides: Partial<KestraClient> = {
      execution: async (id) => {
        if (id === bad) throw new VerdictError('unreadable', { verdict: 'skip' });
        return of.executionsById.get(id);
      },
    };
    const events = await read({ of, overrides });
    expect(only(events, 'skipped')).toMatchObject([
      { ref: expect.stringContaining(bad), error: { message: 'unreadable' } },
    ]);
    expect(only(events, 'checkpoint')).toEqual([]);
    expect(only(events, 'listed')).toHaveLength(1);
  });

  describe('that the search lists and that is not there by its id', () => {
    const of = snapshot('2.0.0');
    const lost = of.executions.find(({ state }) => state.current === 'SUCCESS')!;
    const lostRun = { run: lost.id, pipeline: `${lost.namespace}.${lost.flowId}`, startedAt: 0 };
    const overrides = (isListedAgain: boolean): Partial<KestraClient> => {
      const client = recordedClient(of);
      let isGone = false;
      return {
        execution: async (id, options) => {
          if (id !== lost.id) return client.execution(id, options);
          isGone = !isListedAgain;
          return undefined;
        },
        async *executions(search) {
          for await (const execution of client.executions(search)) {
            if (!isGone || execution.id !== lost.id) yield execution;
          }
        },
      };
    };

    it('was purged: it is filtered, and the others are shown', async () => {
      const events = await read({ of, overrides: overrides(false) });
      expect(only(events, 'filtered').filter(({ ref }) => ref === lost.id)).toEqual([
        { kind: 'filtered', item: 'run', ref: lost.id, reason: 'it was purged since it was listed' },
      ]);
      const runs = only(events, 'run').map(({ run }) => run);
      expect(runs.map(({ id }) => id)).not.toContain(lost.id);
      expect(runs.length).toBeGreaterThan(400);
      expect(only(events, 'skipped')).toEqual([]);
      expect(only(events, 'checkpoint')).toHaveLength(1);
    });

    it('is gone for a host that waits for it', async () => {
      const events = await read({ of, overrides: overrides(false), options: { refresh: [lostRun] } });
      expect(only(events, 'gone')).toContainEqual({ kind: 'gone', run: lost.id });
      expect(only(events, 'filtered').map(({ ref }) => ref)).not.toContain(lost.id);
    });

    it('is skipped when the search lists it still: without its tasks it is never shown', async () => {
      const events = await read({ of, overrides: overrides(true) });
      expect(only(events, 'skipped')).toMatchObject([{ ref: `${lostRun.pipeline}/${lost.id}` }]);
      expect(only(events, 'run').map(({ run }) => run.id)).not.toContain(lost.id);
      expect(only(events, 'checkpoint')).toEqual([]);
    });
  });

  it('warns once per state that is not known', async () => {
    const of = snapshot('1.0.3');
    const executions = of.executions.map((execution) => ({
      ...execution,
      state: { ...execution.state, current: 'HIBERNATING' },
    }));
    const events = await read({ of: { ...of, executions }, options: { lineage: false } });
    expect(only(events, 'warning').map(({ message }) => message)).toEqual([
      'Kestra has a state that is not known here: HIBERNATING',
    ]);
    expect(new Set(only(events, 'run').map(({ run }) => run.state))).toEqual(new Set(['unknown']));
  });

  it('passes on what the client has to say about the server', async () => {
    const of = {
      ...snapshot('1.0.3'),
      server: { ...snapshot('1.0.3').server, warnings: ['Kestra 3.0 is newer than all that is known.'] },
    };
    expect((await read({ of }))[0]).toEqual({
      kind: 'warning',
      message: 'Kestra 3.0 is newer than all that is known.',
    });
  });

  it('leaves out schedules that somebody switched off in the UI', async () => {
    const of = snapshot('1.0.3');
    const name = 'hackathon.demo.cron_etl';
    const schedules = (events: SourceEvent[]) =>
      only(events, 'pipeline').find(({ pipeline }) => pipeline.name === name)?.pipeline.schedules;
    expect(schedules(await read({ of }))).toHaveLength(1);
    const triggers = [{ namespace: 'hackathon.demo', flowId: 'cron_etl', triggerId: 'nightly', disabled: true }];
    expect(schedules(await read({ of: { ...of, triggers } }))).toEqual([]);
  });

  describe('when the list of triggers lacks one of a schedule', () => {
    const off = { namespace: 'hackathon.demo', flowId: 'cron_etl', triggerId: 'nightly', disabled: true };
    const ownTriggers = (triggers: (typeof off)[]): Partial<KestraClient> => ({
      flowTriggers: async (namespace, id) =>
        triggers.filter((each) => each.namespace === namespace && each.flowId === id),
    });
    const without = (version: (typeof kestraVersions)[number]): Snapshot => {
      const of = snapshot(version);
      return { ...of, triggers: of.triggers.filter(({ flowId }) => flowId !== off.flowId) };
    };
    const schedulesIn = (events: SourceEvent[]) =>
      only(events, 'pipeline').find(({ pipeline }) => pipeline.name === 'hackathon.demo.cron_etl')?.pipeline.schedules;
    const warnings = (events: SourceEvent[]) =>
      only(events, 'warning').filter(({ message }) => message.includes("Kestra's list of triggers"));

    it.each(kestraVersions)(
      'asks for those of its flow alone, and says that the list was short (%s)',
      async (version) => {
        const calls: string[] = [];
        const overrides = ownTriggers([off]);
        const events = await read({ of: without(version), overrides, options: { runs: false }, calls });
        expect(schedulesIn(events)).toEqual([]);
        expect(warnings(events)).toEqual([
          { kind: 'warning', message: expect.stringContaining("Kestra's list of triggers lacks 1 that it has") },
        ]);
      },
    );

    it('takes one that its flow does not have either for one that nobody could have switched off', async () => {
      const events = await read({ of: without('1.0.3'), overrides: ownTriggers([]), options: { runs: false } });
      expect(schedulesIn(events)).toEqual([{ id: 'nightly', cron: '0 2 * * *' }]);
      expect([warnings(events), only(events, 'skipped')]).toEqual([[], []]);
    });

    it('leaves the one pipeline as it is if that can not be read either', async () => {
      const flowTriggers = async () => {
        throw new VerdictError('403', { verdict: 'skip', hint: 'Ask for rights.' });
      };
      const events = await read({ of: without('1.0.3'), overrides: { flowTriggers }, options: { runs: false } });
      expect(only(events, 'skipped')).toMatchObject([
        {
          ref: 'hackathon.demo.cron_etl',
          error: { message: 'whether its schedules are switched off could not be read: 403', hint: 'Ask for rights.' },
        },
      ]);
      expect(pipelineNames(events)).not.toContain('hackathon.demo.cron_etl');
      expect(pipelineNames(events).length).toBeGreaterThan(50);
    });

    it.each(kestraVersions)('is none for any schedule of a server that was recorded (%s)', async (version) => {
      const calls: string[] = [];
      await read({ of: snapshot(version), options: { runs: false }, calls });
      expect(calls.filter((call) => /^triggers .+\//.test(call))).toEqual([]);
    });

    it('is a flow that Kestra can not parse: its own are asked for, and the list is not said to be short', async () => {
      const name = 'demo.warehouse.pg_to_bq';
      const daily = { namespace: 'demo.warehouse', flowId: 'pg_to_bq', triggerId: 'daily', disabled: true };
      const of = snapshot('1.0.3', 'fill-np');
      const schedules = async (overrides: Partial<KestraClient>) => {
        const events = await read({ of, overrides, options: { runs: false } });
        expect(warnings(events)).toEqual([]);
        return only(events, 'pipeline').find(({ pipeline }) => pipeline.name === name)?.pipeline.schedules;
      };
      expect(await schedules(ownTriggers([{ ...daily, disabled: false }]))).toHaveLength(1);
      expect(await schedules(ownTriggers([daily]))).toEqual([]);
    });
  });

  describe('when nobody knows which triggers were switched off', () => {
    const of = snapshot('1.0.3');
    const overrides: Partial<KestraClient> = {
      // biome-ignore lint/correctness/useYield: it fails before it could
      async *triggers() {
        throw new VerdictError('403', { verdict: 'skip' });
      },
    };

    it('skips what has a schedule in force, shows the rest, and calls all but that listed', async () => {
      const whole = only(await read({ of }), 'pipeline').map(({ pipeline }) => pipeline);
      const scheduled = whole.filter(({ schedules }) => schedules.length > 0).map(({ name }) => name);
      const events = await read({ of, overrides, options: { lineage: false } });
      const skipped = only(events, 'skipped').map(({ ref }) => ref);
      expect(scheduled.length).toBeGreaterThan(0);
      expect(skipped).toEqual(scheduled);
      expect(pipelineNames(events)).toEqual(whole.map(({ name }) => name).filter((name) => !scheduled.includes(name)));
      expect(only(events, 'listed')).toEqual([{ kind: 'listed', scope: {}, except: scheduled }]);
      expect(only(events, 'warning').map(({ message }) => message)).toEqual([expect.stringContaining('switched off')]);
    });

    it('leaves what is remembered unchanged, lists it, and says that it may be old', async () => {
      const known = async () => ({ tasks: ['a'] });
      const events = await read({ of, overrides, options: { lineage: false, runs: false, known } });
      expect(only(events, 'pipeline').every(({ pipeline }) => pipeline.schedules.length === 0)).toBe(true);
      expect(only(events, 'unchanged').map(({ pipeline }) => pipeline.name)).toContain('hackathon.demo.cron_etl');
      const kinds = events.map(({ kind }) => kind);
      expect(only(events, 'skipped').map(({ ref }) => ref)).toEqual(['triggers']);
      expect(kinds.indexOf('skipped')).toBeGreaterThan(kinds.indexOf('listed'));
      expect(only(events, 'listed')).toHaveLength(1);
    });
  });
});

describe('the choice of flows', () => {
  const chosen = async (reading: Reading) => {
    const events = await read({ ...reading, options: { runs: false, ...reading.options } });
    return { names: pipelineNames(events), left: only(events, 'filtered'), listed: only(events, 'listed')[0]?.scope };
  };

  it('is that of both filter patterns, and the runs of what is left out are counted', async () => {
    const { names, left } = await chosen({
      config: { pipelineFilterPattern: { includes: ['company\\.', 'ODD'] } },
      selection: { pipelineFilterPattern: { includes: ['.*a'], excludes: ['odd\\.sub'] } },
    });
    expect(names).toContain('odd.many_tasks');
    expect(names.filter((name) => !/^(company|odd)\..*a/.test(name) && !/^odd.*a/.test(name))).toEqual([]);
    expect(names).not.toContain('odd.sub.same_id_in_two_namespaces');
    expect(left.length + names.length).toBe(snapshot('1.0.3').flows.length);
    expect(new Set(left.map(({ reason }) => reason))).toEqual(new Set(['pipelineFilterPattern']));
    const events = await read({ config: { pipelineFilterPattern: { excludes: ['company'] } } });
    const runs = only(events, 'filtered').filter(({ item }) => item === 'run');
    expect(runs.length).toBeGreaterThan(50);
    expect(runs[0]?.reason).toBe('its pipeline is left out: pipelineFilterPattern');
  });

  it('is narrowed on the server where one namespace holds all that is asked for', async () => {
    const calls: Call[] = [];
    const { names, listed } = await chosen({ calls, config: { namespaces: { includes: ['odd'] } } });
    expect(names).toContain('odd.sub.same_id_in_two_namespaces');
    expect(names.filter((name) => !name.startsWith('odd.'))).toEqual([]);
    expect(names.filter((name) => name.startsWith('odd.name_space-x')).length).toBe(1);
    expect(listed).toEqual({ namespaces: ['odd'] });
    expect(calls.slice(0, 2)).toEqual(['triggers odd', 'flows odd']);
  });

  it('is what config and options have in common', async () => {
    const config = { namespaces: { includes: ['company', 'odd'], excludes: ['odd.sub'] } };
    const { listed, names } = await chosen({ config, options: { namespaces: ['odd', 'tutorial'] } });
    expect(listed).toEqual({ namespaces: ['odd'] });
    expect(names.filter((name) => !name.startsWith('odd.') || name.startsWith('odd.sub.'))).toEqual([]);
    const nothing = await read({ config, options: { namespaces: ['tutorial'] } });
    expect(nothing.map(({ kind }) => kind)).toEqual(['warning']);
  });

  it('leaves disabled flows out when undeployed pipelines are not wanted', async () => {
    const { names, left } = await chosen({ selection: { includeUnDeployedPipelines: false } });
    expect(names).not.toContain('company.team.disabled_flow');
    expect(left).toMatchObject([{ ref: 'company.team.disabled_flow', item: 'pipeline' }]);
  });

  it('asks for no graph of what is left out, and for none when only runs are wanted', async () => {
    const calls: Call[] = [];
    await chosen({ calls, config: { pipelineFilterPattern: { includes: ['odd\\.many'] } } });
    expect(calls.filter((call) => call.startsWith('graph'))).toEqual(['graph odd/many_tasks']);
    const events = await read({ calls: calls.splice(0, 0), options: { pipelines: false } });
    expect(only(events, 'run').length).toBeGreaterThan(100);
    expect(events.filter(({ kind }) => kind === 'pipeline' || kind === 'listed')).toEqual([]);
  });

  it('keeps to the newest runs of each pipeline with numberOfStatus', async () => {
    const events = await read({ config: { numberOfStatus: 2 } });
    const all = only(await read(), 'run');
    const kept = only(events, 'run');
    for (const name of new Set(all.map(({ run }) => run.pipeline))) {
      const of = (runs: typeof all) => runs.filter(({ run }) => run.pipeline === name).map(({ run }) => run.id);
      expect(of(kept)).toEqual(of(all).slice(-2));
    }
    expect(only(events, 'filtered').filter(({ reason }) => reason === 'numberOfStatus')).toHaveLength(
      all.length - kept.length,
    );
  });

  it('refuses a pattern of the workflow that cannot be used when the connection is made', () => {
    const config = kestraConfigSchema.parse({ hostPort: 'https://kestra.example.com' });
    const selection = { pipelineFilterPattern: { includes: ['(?x)a'] } };
    const open = () =>
      connectKestra(recordedClient(snapshot('1.0.3')), config, { now: () => 0, serviceName: 'k', selection });
    expect(open).toThrow(/sourceConfig.*\(\?x\)/);
  });
});

describe('memory', () => {
  it('holds no more flows than are being worked on', async () => {
    const flows = Array.from({ length: 5_000 }, (_, index) => ({ namespace: 'n', id: `f${index}`, tasks: [task] }));
    let pulled = 0;
    const overrides: Partial<KestraClient> = {
      async *flows() {
        for (const flow of flows) {
          pulled += 1;
          yield flowOf(flow);
        }
      },
    };
    const connector = connectKestra(
      recordedClient(withFlows(), overrides),
      kestraConfigSchema.parse({ hostPort: 'https://kestra.example.com', concurrency: 4 }),
      { now: () => 0, serviceName: 'kestra' },
    );
    let seen = 0;
    for await (const event of connector.read({ ...window, runs: false })) {
      if (event.kind === 'pipeline') seen += 1;
      expect(pulled - seen).toBeLessThanOrEqual(4);
    }
    expect(seen).toBe(5_000);
  });
});
