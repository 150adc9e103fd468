import { hintOf, type ReadOptions, type SourceEvent, verdictOf } from '@flowmeta/connector';
import type { Fault } from '@flowmeta/sandbox';
import { describe, expect, it } from 'vitest';
import { readAirflow, type Standing } from './stand-in.js';

const victim = 'shop.orders.etl';
const of = (path: string) => new RegExp(`/dags/${victim.replaceAll('.', '\\.')}${path}(\\?|$)`);
const status = (path: RegExp, code: number): Fault => ({ path, effect: { kind: 'status', status: code } });
const answers = (path: RegExp, rewrite: Extract<Fault['effect'], { kind: 'rewrite' }>['rewrite']): Fault => ({
  path,
  effect: { kind: 'rewrite', rewrite },
});

const namesOf = (events: SourceEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'pipeline' ? [event.pipeline.name] : []));
const runsOf = (events: SourceEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'run' ? [event.run.id] : []));
const only = <Kind extends SourceEvent['kind']>(events: SourceEvent[], kind: Kind) =>
  events.filter((event): event is Extract<SourceEvent, { kind: Kind }> => event.kind === kind);

async function failureOf(standing: Standing, options: Partial<ReadOptions> = {}, config: object = {}) {
  const thrown: unknown = await readAirflow(standing, options, { config }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { verdict: verdictOf(thrown), message: String((thrown as Error)?.message), hint: hintOf(thrown) ?? '' };
}

describe.each([2, 3] as const)('Airflow %s', (major) => {
  it('that may not show one DAG loses no other, and does not call that one gone', async () => {
    const { events } = await readAirflow({ major, faults: [status(of('/details'), 403)] });
    const [skipped, ...others] = only(events, 'skipped');
    expect(others).toEqual([]);
    expect(skipped).toMatchObject({ ref: victim, error: { message: expect.stringContaining('403') } });
    expect(hintOf(skipped!.error)).toContain(`the right to read the DAG ${victim}`);
    expect(namesOf(events).length).toBeGreaterThan(30);
    expect(only(events, 'listed')).toEqual([{ kind: 'listed', scope: {}, except: [victim] }]);
  });

  it('that shows no more than a few rows of a page is read whole', async () => {
    const whole = await readAirflow({ major });
    const cut = answers(/limit=100&|limit=100000&|limit=100$/, (answer) => {
      const json = answer.json as Record<string, unknown>;
      const rows = Object.entries(json).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.slice(0, 7) : value,
      ]);
      return { ...answer, json: Object.fromEntries(rows) };
    });
    const few = await readAirflow({ major, faults: [cut] });
    const total = ({ requests }: typeof few) => Object.values(requests).reduce((sum, count) => sum + count, 0);
    expect(total(few)).toBeGreaterThan(total(whole) + 5);
    expect(namesOf(few.events)).toEqual(namesOf(whole.events));
    expect(runsOf(few.events)).toEqual(runsOf(whole.events));
    expect(only(few.events, 'lineage').length).toBe(only(whole.events, 'lineage').length);
    expect(only(few.events, 'listed')).toEqual([{ kind: 'listed', scope: {} }]);
  });

  it('whose DAG is deleted while it is read has lost nothing', async () => {
    const faults = [status(of('/tasks'), 404), status(of('/details'), 404), status(of(''), 404)];
    const { events } = await readAirflow({ major, faults });
    expect(only(events, 'skipped')).toEqual([]);
    expect(only(events, 'filtered')).toContainEqual({
      kind: 'filtered',
      item: 'pipeline',
      ref: victim,
      reason: 'it was deleted while it was read',
    });
    expect(only(events, 'listed')).toEqual([{ kind: 'listed', scope: {} }]);
    expect(only(events, 'checkpoint')).toHaveLength(1);
    expect(runsOf(events).some((id) => id.startsWith(`${victim}/`))).toBe(false);
  });

  it('that has a DAG and not its tasks is not believed', async () => {
    const { events } = await readAirflow({ major, faults: [status(of('/tasks'), 404)] });
    expect(only(events, 'skipped').map(({ ref }) => ref)).toEqual([victim]);
    expect(only(events, 'listed')).toEqual([{ kind: 'listed', scope: {}, except: [victim] }]);
  });

  it('with states of a later version tells them as unknown, and says so once for each', async () => {
    const { events } = await readAirflow({
      major,
      change: ({ runs, taskInstances }) => {
        for (const run of runs) if (run.dag_id === victim) run.state = 'hibernating';
        for (const instance of taskInstances) if (instance.dag_id === victim) instance.state = 'dreaming';
      },
    });
    const runs = only(events, 'run').filter(({ run }) => run.pipeline === victim);
    expect(runs.length).toBeGreaterThan(1);
    for (const { run } of runs) {
      expect(run).toMatchObject({ state: 'unknown', sourceState: 'hibernating' });
      for (const taskRun of run.taskRuns) expect(taskRun).toMatchObject({ state: 'unknown', sourceState: 'dreaming' });
    }
    const said = only(events, 'warning').filter(({ message }) => message.includes('not known here'));
    expect(said.map(({ message }) => message.split(': ').at(-1)).sort()).toEqual(['dreaming', 'hibernating']);
  });

  it('behind a page to sign in ends the read, and says what answered', async () => {
    const page = answers(/./, () => ({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      text: '<!doctype html><title>Sign in</title>',
    }));
    const failure = await failureOf({ major, faults: [page] });
    expect(failure).toMatchObject({
      verdict: 'fatal',
      message: expect.stringContaining('with a web page where JSON was expected'),
      hint: expect.stringContaining('sign-in page'),
    });
  });

  it('that sends to a page to sign in ends the read, and says where it leads', async () => {
    const redirect = answers(/./, () => ({ status: 302, headers: { location: '/login?next=secret' }, text: '' }));
    const failure = await failureOf({ major, faults: [redirect] });
    expect(failure).toMatchObject({ verdict: 'fatal', message: expect.stringContaining('/login') });
  });

  it('that lets nobody list DAGs ends the read', async () => {
    const failure = await failureOf({ major, faults: [status(/\/dags\?/, 403)] });
    expect(failure).toMatchObject({ verdict: 'fatal', message: expect.stringContaining('403') });
  });

  it('that no longer takes the given token says so', async () => {
    const refusal = major === 3 ? { status: 403, json: { detail: 'Invalid JWT token' } } : { status: 401, json: {} };
    const failure = await failureOf(
      { major, faults: [answers(/\/dags\?/, () => refusal)] },
      {},
      { username: undefined, password: undefined, token: 'of.another.server' },
    );
    expect(failure).toMatchObject({
      verdict: 'fatal',
      hint: expect.stringMatching(/^Check `token`: it may have expired/),
    });
  });
});

it('an Airflow 2 that takes no user names says what it has to be set to', async () => {
  const failure = await failureOf({ major: 2, faults: [status(/\/dags\?/, 401)] });
  expect(failure).toMatchObject({
    verdict: 'fatal',
    hint: expect.stringContaining('airflow.api.auth.backend.basic_auth'),
  });
});

it('an Airflow 3 that gives no tokens says what to do instead', async () => {
  const failure = await failureOf({ major: 3, faults: [status(/\/auth\/token/, 404)] });
  expect(failure).toMatchObject({ verdict: 'fatal', hint: expect.stringContaining('Give `token` instead') });
});
