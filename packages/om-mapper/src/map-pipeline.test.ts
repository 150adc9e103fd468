import type { Pipeline } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { capabilitiesFor } from './capabilities.js';
import { mapPipeline } from './map-pipeline.js';

const rowOf = (version: string) => capabilitiesFor(version).capabilities;

const daily: Pipeline = {
  name: 'company.team.daily',
  displayName: 'daily',
  description: 'Loads the orders.',
  namespace: 'company.team',
  sourceUrl: 'https://kestra.example.com/ui/main/flows/edit/company.team/daily',
  enabled: true,
  revision: '4',
  tasks: [
    { name: 'extract', type: 'io.kestra.plugin.core.http.Download', enabled: true },
    { name: 'load', displayName: 'Load it', description: 'Into the lake', sql: 'select 1', enabled: false },
    { name: 'notify', enabled: true, branch: 'error' },
  ],
  edges: [
    { from: 'extract', to: 'notify' },
    { from: 'extract', to: 'load' },
  ],
  schedules: [
    { id: 'nightly', cron: '0 2 * * *', timezone: 'Europe/Berlin' },
    { id: 'noon', cron: '0 12 * * *' },
    { id: 'noon-again', cron: '0 12 * * *' },
  ],
  labels: [
    { key: 'team', value: 'data' },
    { key: 'team', value: 'data' },
    { key: 'env', value: 'a/b' },
  ],
  owners: [{ name: 'ana@example.com', origin: 'label owner' }],
  inputs: [{ name: 'date', required: true }],
  concurrency: 3,
};

describe('mapPipeline', () => {
  it('holds neither NUL nor half a character, which the database behind OpenMetadata refuses', () => {
    const odd = 'a\0b\ud800c😀';
    const texts = { name: odd, displayName: odd, description: odd };
    const { body, tags } = mapPipeline(
      {
        ...daily,
        ...texts,
        namespace: odd,
        tasks: [{ ...texts, type: odd, sql: odd, enabled: true }],
        schedules: [{ id: 'odd', cron: odd }],
        labels: [{ key: odd, value: odd }],
      },
      { service: 'kestra', capabilities: rowOf('1.7'), classification: 'KestraLabels' },
    );
    expect(JSON.stringify([body, tags])).not.toMatch(/\\u0000|\\ud800/);
    expect(body.description).toBe('a\ufffdb\ufffdc😀');
    expect(body.tasks?.[0]?.taskSQL).toBe('a\ufffdb\ufffdc😀');
  });

  it('fills every field that OpenMetadata has, and no other', () => {
    const draft = mapPipeline(daily, { service: 'kestra', capabilities: rowOf('1.7'), classification: 'KestraLabels' });
    expect(draft).toEqual({
      pipeline: 'company.team.daily',
      catalogTags: [],
      body: {
        name: 'company.team.daily',
        service: 'kestra',
        displayName: 'daily',
        description: 'Loads the orders.',
        sourceUrl: 'https://kestra.example.com/ui/main/flows/edit/company.team/daily',
        concurrency: 3,
        pipelineLocation: 'company.team',
        scheduleInterval: '0 2 * * * (Europe/Berlin); 0 12 * * *',
        state: 'Active',
        tasks: [
          { name: 'extract', taskType: 'io.kestra.plugin.core.http.Download', downstreamTasks: ['load', 'notify'] },
          {
            name: 'load',
            displayName: 'Load it',
            description: 'Into the lake',
            taskSQL: 'select 1',
            downstreamTasks: [],
          },
          { name: 'notify', downstreamTasks: [] },
        ],
      },
      tags: [
        {
          classification: 'KestraLabels',
          name: 'team - data',
          displayName: 'team=data',
          description: 'Label `team=data`',
        },
        {
          classification: 'KestraLabels',
          name: "env - a'2F'b",
          displayName: 'env=a/b',
          description: 'Label `env=a/b`',
        },
      ],
      owners: [{ name: 'ana@example.com', origin: 'label owner' }],
      taskNames: new Map([
        ['extract', 'extract'],
        ['load', 'load'],
        ['notify', 'notify'],
      ]),
      notes: [],
    });
  });

  it('says whether the pipeline is switched on where the version can', () => {
    const off = { ...daily, enabled: false };
    expect(mapPipeline(off, { service: 'kestra', capabilities: rowOf('1.7') }).body.state).toBe('Inactive');
    expect(mapPipeline(off, { service: 'kestra', capabilities: rowOf('1.6') }).body).not.toHaveProperty('state');
  });

  it('makes no tags without a classification or when they are not wanted, nor owners', () => {
    const options = { service: 'kestra', capabilities: rowOf('1.6') };
    expect(mapPipeline(daily, options).tags).toEqual([]);
    expect(mapPipeline(daily, { ...options, classification: 'L', includeTags: false }).tags).toEqual([]);
    expect(mapPipeline(daily, { ...options, includeOwners: false }).owners).toEqual([]);
  });

  it('leaves out what is empty or no URL', () => {
    const bare: Pipeline = {
      ...daily,
      displayName: '',
      description: '',
      namespace: '',
      sourceUrl: 'https://user:secret@kestra.example.com',
      schedules: [],
    };
    const { body } = mapPipeline(bare, { service: 'kestra', capabilities: rowOf('1.6') });
    expect(Object.keys(body).sort()).toEqual(['concurrency', 'name', 'service', 'tasks']);
  });

  it('renames tasks and the links to them alike, and shows the true names', () => {
    const odd: Pipeline = {
      ...daily,
      name: 'a::b',
      displayName: '',
      tasks: [
        { name: 'x"y', enabled: true },
        { name: 'z', enabled: true },
      ],
      edges: [{ from: 'z', to: 'x"y' }],
    };
    const draft = mapPipeline(odd, { service: 'kestra', capabilities: rowOf('1.6') });
    expect(draft.pipeline).toBe('a::b');
    expect(draft.body.name).toBe('a_x003A_:b');
    expect(draft.body.tasks).toEqual([
      { name: 'x_x0022_y', displayName: 'x"y', downstreamTasks: [] },
      { name: 'z', downstreamTasks: ['x_x0022_y'] },
    ]);
    expect(draft.taskNames.get('x"y')).toBe('x_x0022_y');
    expect(draft.notes.map(({ original }) => original)).toEqual(['a::b', 'x"y']);
  });

  it('does not depend on the order of the edges', () => {
    const options = { service: 'kestra', capabilities: rowOf('1.6') };
    const reversed = { ...daily, edges: daily.edges.toReversed() };
    expect(mapPipeline(reversed, options)).toEqual(mapPipeline(daily, options));
  });
});
