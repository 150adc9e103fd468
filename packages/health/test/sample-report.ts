import { createHealth, type HealthReport } from '../src/index.js';
import { day, pipeline, run, since, taskRun, took, types, until } from './events.js';

/** Something of everything: failures, trends, flow control, unknown types, missing and unused plugins. */
export function sampleReport(): HealthReport {
  const health = createHealth({ since, until });
  health.pipeline(
    pipeline('sales.load', { query: types.query, copy: types.copy, each: types.forEach }, { revision: '2' }),
  );
  health.pipeline(pipeline('sales.report', { get: types.http, say: types.log }));
  health.pipeline(pipeline('sales.old', { gone: 'x.y.Gone' }, { enabled: false }));
  for (let index = 0; index < 400; index++) {
    const at = since + index * 1_000_000;
    const state = index % 200 === 0 ? 'failed' : 'succeeded';
    health.run(
      run('sales.report', [took('get', 100 + index, { at, state }), took('say', 12, { at })], { startedAt: at }),
    );
  }
  for (let index = 0; index < 20; index++) {
    const at = since - day + index * 10_000_000;
    const taskRuns = [took('query', 60_000 * index, { at, state: index % 7 === 0 ? 'failed' : 'succeeded' })];
    health.run(run('sales.load', taskRuns, { startedAt: at, revision: '2' }));
  }
  const last = [took('each', 9_000_000), took('before', 5), taskRun('copy', 'running', { attempts: 4 })];
  health.run(run('sales.load', last, { revision: '1' }));
  health.installed([types.query, types.http, types.log, types.forEach, 'x.y.Gone', 'x.y.Never', 'x.z.Never']);
  return health.report();
}

/** What a type, a pipeline, a revision and a task may be called at worst. */
export const evil =
  '</style></script><script>alert(1)</script>"onmouseover="alert(2)\' <img src=x onerror=alert(3)>\u2028\n# b|c`d`*e*_f_[g](javascript:alert(4)) <!channel> @here https://evil.example \u001b[2J\u202e&amp;\ud800';

/** Every name is that. */
export function hostileReport(): HealthReport {
  const health = createHealth({ since, until });
  health.pipeline(pipeline(evil, { [evil]: `${evil}.${evil}`, other: `${evil}.__proto__`, plain: 'constructor' }));
  health.pipeline(pipeline(`${evil}2`, { [evil]: `off.${evil}` }, { enabled: false }));
  health.run(run(evil, [took(evil, 5, { state: 'failed' }), took('other', 7), took('plain', 9)]));
  health.run(run(evil, [took(`${evil}3`, 5)], { revision: evil }));
  health.run(run('nowhere', [took(evil, 5)], { revision: evil }));
  health.installed([`off.${evil}`, `unused.${evil}`]);
  return health.report();
}
