// What is done to a server before it is recorded: runs of every kind, in every state.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const unpaused = [
  'shop.orders.etl',
  'shop_flow_control',
  'assets_producer',
  'assets_all_of',
  'assets_any_of',
  'assets_of_alias',
  'assets_or_clock',
  'ops.parent',
  'ops.child',
  'ops.waiting',
  'mapped_tasks',
  'states_slow',
  'states_failed',
  'states_retry',
  'no_tasks',
  'schedule_catchup',
  'two_owners',
  'größe_und_日本',
  'gone_later',
  'changed_later',
];

const settled = new Set(['success', 'failed']);
const longId = `long.${Array(16).fill('part-of_a.name').join('.')}`;

/** Brings a fresh server to the state that is recorded. `call` answers the parsed body; `path` is below the API's root. */
export async function playScenario({ call, major, home, run, say }) {
  const untilTrue = async (what, check, seconds = 900) => {
    for (let left = seconds; left > 0; left -= 2) {
      if (await check().catch(() => false)) return;
      await sleep(2000);
    }
    throw new Error(`waited in vain for ${what}`);
  };
  const part = encodeURIComponent;
  const runsOf = async (dagId) => (await call('GET', `dags/${part(dagId)}/dagRuns`)).dag_runs;
  const allSettled = (dagId, count) =>
    untilTrue(`${count} runs of ${dagId}`, async () => {
      const runs = await runsOf(dagId);
      return runs.length >= count && runs.every(({ state }) => settled.has(state));
    });
  const trigger = (dagId, body = {}) =>
    call('POST', `dags/${part(dagId)}/dagRuns`, major === 2 ? body : { logical_date: null, ...body });

  say('waiting for the DAGs');
  const known = [...unpaused, longId, 'schedule_weekly', 'states_never_run'];
  await untilTrue('the DAGs', async () => {
    const { dags } = await call('GET', 'dags?limit=100');
    const ids = new Set(dags.map(({ dag_id }) => dag_id));
    return known.every((id) => ids.has(id));
  });
  await untilTrue('the import error', async () => (await call('GET', 'importErrors')).total_entries > 0);
  for (const id of unpaused) await call('PATCH', `dags/${part(id)}`, { is_paused: false });

  say('starting runs');
  await trigger('gone_later', { dag_run_id: 'before-it-went' });
  await trigger('changed_later', { dag_run_id: 'before-the-change' });
  await trigger('shop.orders.etl', {
    dag_run_id: 'nightly:1+2~x',
    logical_date: '2026-11-01T03:00:00+01:00',
    conf: { region: 'us', limit: 5 },
    note: 'Repeated by hand.\nSee the *ticket*.',
  });
  await trigger('shop.orders.etl');
  await trigger('shop_flow_control');
  await trigger('assets_producer');
  await trigger('ops.parent');
  await trigger('ops.waiting');
  await trigger('mapped_tasks');
  await trigger('states_failed');
  await trigger('states_failed', { conf: { again: true } });
  await trigger('states_retry');
  await trigger('two_owners');
  await trigger('größe_und_日本');
  await trigger('no_tasks');
  await trigger('states_never_run');
  await allSettled('gone_later', 1);
  await allSettled('changed_later', 1);

  say('changing and removing DAG files');
  rmSync(join(home, 'dags', 'gone_later.py'));
  const changing = join(home, 'dags', 'changed_later.py');
  writeFileSync(changing, readFileSync(changing, 'utf8').replace('first_name', 'second_name'));
  await untilTrue('the changed DAG', async () => {
    const { tasks } = await call('GET', 'dags/changed_later/tasks');
    return tasks.some(({ task_id }) => task_id === 'second_name');
  });
  await trigger('changed_later', { dag_run_id: 'after-the-change' });

  say('filling the past');
  const day = (back) => `${new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
  if (major === 2)
    await run('dags', 'backfill', '--start-date', day(4), '--end-date', day(2), '--yes', 'schedule_daily');
  else
    await call('POST', 'backfills', {
      dag_id: 'schedule_daily',
      from_date: day(4),
      to_date: day(2),
      dag_run_conf: {},
      max_active_runs: 2,
    });

  for (const [id, count] of [
    ['shop.orders.etl', 2],
    ['shop_flow_control', 1],
    ['assets_producer', 1],
    ['assets_all_of', 1],
    ['assets_any_of', 1],
    ['assets_of_alias', 1],
    ['ops.parent', 1],
    ['ops.child', 2],
    ['mapped_tasks', 1],
    ['states_failed', 2],
    ['two_owners', 1],
    ['changed_later', 2],
    ['schedule_daily', 3],
    ['schedule_catchup', 5],
  ]) {
    await allSettled(id, count);
    say(`${id} is done`);
  }
  say('clearing a task, marking a run');
  const [first] = await runsOf('two_owners');
  await call('POST', 'dags/two_owners/clearTaskInstances', {
    dry_run: false,
    dag_run_id: first.dag_run_id,
    task_ids: ['two'],
    only_failed: false,
    reset_dag_runs: true,
  });
  await sleep(3000);
  await allSettled('two_owners', 1);
  const [failed] = await runsOf('states_failed');
  await call('PATCH', `dags/states_failed/dagRuns/${part(failed.dag_run_id)}`, { state: 'success' });
  await untilTrue('the DAG to be gone', async () => {
    const { dags } = await call('GET', 'dags?limit=100');
    return !dags.some(({ dag_id }) => dag_id === 'gone_later');
  });

  say('starting what does not end');
  const stateOfTask = async (dagId, taskId) => {
    const [started] = await runsOf(dagId);
    const path = `dags/${part(dagId)}/dagRuns/${part(started.dag_run_id)}/taskInstances/${part(taskId)}`;
    return (await call('GET', path)).state;
  };
  await untilTrue('a task to wait', async () => (await stateOfTask('states_retry', 'fail')) === 'up_for_retry');
  await untilTrue('a sensor', async () => (await stateOfTask('ops.waiting', 'wait_for_sales')) === 'up_for_reschedule');
  await trigger('states_slow', { dag_run_id: 'first' });
  await untilTrue('a task to run', async () => (await stateOfTask('states_slow', 'sleep')) === 'running');
  await trigger('states_slow', { dag_run_id: 'second' });
  await trigger('states_slow', { dag_run_id: 'third', conf: { waits: true } });
  await sleep(3000);
}
