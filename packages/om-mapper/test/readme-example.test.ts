import { createHash } from 'node:crypto';
import { capabilitiesFor, completePipeline, mapPipeline } from '@flowmeta/om-mapper';
import { expect, it } from 'vitest';

it('the example of the README does what it says', () => {
  const { capabilities } = capabilitiesFor('1.6.2');
  const hash = (text: string) => createHash('md5').update(text).digest('base64url');
  const tasks = ['extract', 'load'].map((name) => ({ name, enabled: true }));
  const draft = mapPipeline(
    {
      name: 'company.team.daily',
      enabled: true,
      tasks,
      edges: [{ from: 'extract', to: 'load' }],
      schedules: [{ id: 'nightly', cron: '0 2 * * *', timezone: 'Europe/Berlin' }],
      labels: [],
      owners: [],
      inputs: [],
    },
    { service: 'kestra', capabilities },
  );
  expect(draft.body.scheduleInterval).toBe('0 2 * * * (Europe/Berlin)');
  expect(draft.body.tasks[0]?.downstreamTasks).toEqual(['load']);
  expect(completePipeline(draft, { tags: [], owners: [], hash, capabilities }).sourceHash).toMatch(/^fm1/);
});
