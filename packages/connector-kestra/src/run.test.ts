import { kestraVersions } from '@flowmeta/recordings';
import { describe, expect, it } from 'vitest';
import { executionOf, snapshot } from '../test/recorded-client.js';
import { taskTree } from './constructs.js';
import { toRun } from './run.js';

const server = { uiUrl: 'https://kestra.example.com/ui', tenant: 'main' };

function recordedRuns(version: (typeof kestraVersions)[number]) {
  const { flows, executionsById } = snapshot(version);
  const tasks = new Map(flows.map((flow) => [`${flow.namespace}.${flow.id}`, new Set(taskTree(flow).all.keys())]));
  return [...executionsById.values()].flatMap((execution) => {
    const known = tasks.get(`${execution.namespace}.${execution.flowId}`);
    return known === undefined ? [] : [{ execution, run: toRun(execution, { server, tasks: known }) }];
  });
}

describe.each(kestraVersions)('the runs of Kestra %s', (version) => {
  const runs = recordedRuns(version);
  const of = (flowId: string, state?: string) =>
    runs.find(
      ({ run }) => run.pipeline === `company.team.${flowId}` && (state === undefined || run.sourceState === state),
    )!.run;

  it('have an end exactly when they are over', () => {
    const isOpen = ({ state }: { state: string }) => ['queued', 'running', 'paused'].includes(state);
    expect(runs.filter(({ run }) => isOpen(run) === (run.endedAt !== undefined))).toEqual([]);
    expect(
      runs.flatMap(({ run }) => run.taskRuns).filter((each) => isOpen(each) === (each.endedAt !== undefined)),
    ).toEqual([]);
  });

  it('have one task run for each task that ran, and none for anything else', () => {
    for (const { execution, run } of runs) {
      const ran = new Set(execution.taskRuns?.map(({ taskId }) => taskId.replace(/_(split|items|merge)$/, '')));
      expect(new Set(run.taskRuns.map(({ task }) => task)), run.id).toEqual(ran);
      expect(run.taskRuns).toHaveLength(ran.size);
    }
  });

  it('that are paused are open', () => {
    const run = of('pause_flow', 'PAUSED');
    expect(run).toMatchObject({
      state: 'paused',
      taskRuns: [{ task: 'before' }, { task: 'approval', state: 'paused' }],
    });
  });

  it('count retries as attempts of one task run', () => {
    expect(of('retry_task', 'SUCCESS').taskRuns).toMatchObject([{ task: 'flaky', state: 'succeeded', attempts: 3 }]);
  });

  it('name the run that set them off', () => {
    const child = runs.find(({ run }) => run.pipeline === 'company.team.child' && run.trigger?.upstream !== undefined)!;
    expect(child.run.trigger).toMatchObject({
      type: expect.stringContaining('Subflow'),
      upstream: {
        pipeline: expect.stringMatching(/^company\.team\./),
        run: child.execution.trigger?.variables?.executionId,
      },
    });
    const triggered = runs.filter(({ run }) => run.trigger?.type?.endsWith('.Flow'));
    expect(triggered.length).toBeGreaterThan(10);
    expect(triggered.filter(({ run }) => run.trigger?.upstream?.run === undefined)).toEqual([]);
  });

  it('open in the UI', () => {
    const { run } = runs[0]!;
    const [, namespace, flowId] = /^(.*)\.([^.]+)$/.exec(run.pipeline)!;
    expect(run.url).toBe(`https://kestra.example.com/ui/main/executions/${namespace}/${flowId}/${run.id}`);
    expect(runs.flatMap(({ run: each }) => each.taskRuns.map(({ url }) => url === `${each.url}/logs`))).not.toContain(
      false,
    );
  });
});

describe('a run', () => {
  const dates = {
    current: 'SUCCESS',
    startDate: '2026-11-22T06:00:00Z',
    endDate: '2026-11-22T06:01:00Z',
    histories: [],
  };
  const run = (change: object) =>
    toRun(executionOf({ id: 'e', namespace: 'a', flowId: 'f', state: dates, ...change }), {
      server,
      tasks: new Set(['t']),
    });

  it('has the correlation id of the run that set it off', () => {
    const shared = recordedRuns('1.0.3').filter(({ run: each }) => each.trigger?.upstream !== undefined);
    const known = new Map(recordedRuns('1.0.3').map(({ run: each }) => [each.id, each]));
    const pairs = shared.flatMap(({ run: each }) => {
      const upstream = known.get(each.trigger?.upstream?.run ?? '');
      return upstream === undefined ? [] : [[each.correlationId, upstream.correlationId]];
    });
    expect(pairs.length).toBeGreaterThan(10);
    expect(pairs.filter(([one, other]) => one === undefined || one !== other)).toEqual([]);
  });

  it('without task runs has none', () => {
    expect(run({}).taskRuns).toEqual([]);
  });

  it('that was started by hand has no trigger', () => {
    expect(run({})).not.toHaveProperty('trigger');
  });

  it('takes no upstream from a trigger that happens to find things called namespace and flowId', () => {
    const trigger = {
      id: 'w',
      type: 'io.kestra.plugin.jdbc.mysql.Trigger',
      variables: { namespace: 'x', flowId: 'y' },
    };
    expect(run({ trigger }).trigger).toEqual({ id: 'w', type: 'io.kestra.plugin.jdbc.mysql.Trigger' });
  });

  it('without a start is refused', () => {
    expect(() => run({ state: { current: 'CREATED', histories: [] } })).toThrow(/e has no start date/);
  });

  it('tells each state it meets', () => {
    const states: string[] = [];
    const taskRunList = [{ id: '1', taskId: 't', state: { ...dates, current: 'FAILED' } }];
    toRun(executionOf({ id: 'e', namespace: 'a', flowId: 'f', state: dates, taskRunList }), {
      server,
      tasks: new Set(['t']),
      onState: ({ sourceState }) => states.push(sourceState),
    });
    expect(states).toEqual(['SUCCESS', 'FAILED']);
  });
});
