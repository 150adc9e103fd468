import type { Pipeline } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { md5 } from '../test/models.js';
import { capabilitiesFor } from './capabilities.js';
import { completePipeline } from './complete-pipeline.js';
import { mapPipeline } from './map-pipeline.js';
import { namespaceOf, ownHashOf, readSourceHash, textHash } from './source-hash.js';
import type { Reference } from './types.js';

const rowOf = (version: string) => capabilitiesFor(version).capabilities;
const ana: Reference = { id: 'ana', type: 'user' };
const bob: Reference = { id: 'bob', type: 'user' };
const team: Reference = { id: 'team', type: 'team' };

const daily: Pipeline = {
  name: 'company.team.daily',
  description: 'Loads the orders.',
  namespace: 'company.team',
  enabled: true,
  tasks: [{ name: 'extract', enabled: true }],
  edges: [],
  schedules: [],
  labels: [],
  owners: [],
  inputs: [],
};

interface Choices {
  version?: string;
  tags?: string[];
  owners?: Reference[];
}

function complete(pipeline: Pipeline, { version = '1.6', tags = [], owners = [] }: Choices = {}) {
  const capabilities = rowOf(version);
  const draft = mapPipeline(pipeline, { service: 'kestra', capabilities });
  return completePipeline(draft, { tags, owners, hash: md5, capabilities });
}

describe('completePipeline', () => {
  it('labels the pipeline with the tags, once each and in a fixed order', () => {
    expect(complete(daily, { tags: ['L.b', 'L.a', 'L.b'] }).tags).toEqual([
      { tagFQN: 'L.a', source: 'Classification', labelType: 'Automated', state: 'Confirmed' },
      { tagFQN: 'L.b', source: 'Classification', labelType: 'Automated', state: 'Confirmed' },
    ]);
    expect(complete(daily)).not.toHaveProperty('tags');
  });

  it('gives the first owner where the version has room for one', () => {
    const body = complete(daily, { version: '1.4', owners: [ana, bob] });
    expect(body.owner).toEqual(ana);
    expect(body).not.toHaveProperty('owners');
  });

  it('gives several users or a single team where the version has a list', () => {
    const ownersOf = (owners: Reference[]) => complete(daily, { version: '1.5', owners }).owners;
    expect(ownersOf([ana, bob, ana])).toEqual([ana, bob]);
    expect(ownersOf([ana, team, bob])).toEqual([ana, bob]);
    expect(ownersOf([team, ana])).toEqual([team]);
    expect(complete(daily, { version: '1.5' })).not.toHaveProperty('owners');
  });

  it('sends no more of an owner than a reference', () => {
    const resolved = { ...ana, name: 'ana', inherited: true };
    expect(complete(daily, { owners: [resolved] }).owners).toEqual([ana]);
  });

  it('writes a source hash of 32 characters that can be read back', () => {
    const { sourceHash } = complete(daily);
    expect(sourceHash).toMatch(/^fm1[A-Za-z0-9_-]{29}$/);
    expect(readSourceHash(sourceHash!)).toEqual({
      version: 1,
      body: sourceHash!.slice(3, 25),
      text: textHash({ description: 'Loads the orders.' }, md5),
    });
  });

  it('keeps this hash for this pipeline: another one would rewrite every catalog once', () => {
    expect(complete(daily).sourceHash).toBe('fm1SfsF4U4hLW-23lbYjdKX2gJ6w3ebA');
  });

  it('changes the hash with whatever changes, and only then', () => {
    const hashes = [
      complete(daily),
      complete({ ...daily, schedules: [{ id: 's', cron: '@daily' }] }),
      complete({ ...daily, tasks: [{ name: 'extract', type: 't', enabled: true }] }),
      complete({ ...daily, description: 'New' }),
      complete(daily, { tags: ['L.a'] }),
      complete(daily, { owners: [ana] }),
    ].map(({ sourceHash }) => sourceHash);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(complete({ ...daily, revision: '99' }).sourceHash).toBe(hashes[0]);
    expect(complete(daily, { tags: ['L.a', 'L.b'] })).toEqual(complete(daily, { tags: ['L.b', 'L.a'] }));
  });

  it('puts the hash behind the namespace on 1.2, which refuses sourceHash', () => {
    const body = complete(daily, { version: '1.2' });
    expect(body).not.toHaveProperty('sourceHash');
    expect(body.pipelineLocation).toMatch(/^company\.team#fm1[A-Za-z0-9_-]{29}$/);
    expect(complete({ ...daily, namespace: '' }, { version: '1.2' }).pipelineLocation).toMatch(/^#fm1/);
  });
});

describe('ownHashOf', () => {
  it('finds the hash in what each version stores', () => {
    for (const version of ['1.2', '1.6']) {
      const body = complete(daily, { version });
      expect(ownHashOf(body, rowOf(version))?.text).toBe(textHash(daily, md5));
      expect(namespaceOf(body)).toBe('company.team');
    }
  });

  it('knows a pipeline as its own after an upgrade from 1.2, and as one to be written again', () => {
    const stored = complete(daily, { version: '1.2' });
    const own = ownHashOf({ ...stored, sourceHash: null }, rowOf('1.6'));
    expect(own).toBeDefined();
    expect(own?.body).not.toBe(readSourceHash(complete(daily).sourceHash!)?.body);
  });

  it.each([
    {},
    { sourceHash: null, pipelineLocation: null },
    { sourceHash: 'd41d8cd98f00b204e9800998ecf8427e', pipelineLocation: 'company.team' },
    { pipelineLocation: 'company.team#fm1tooshort' },
    { pipelineLocation: `fm1${'a'.repeat(29)}` },
  ])('finds nothing of ours in %j', (stored) => {
    expect(ownHashOf(stored, rowOf('1.6'))).toBeUndefined();
    expect(ownHashOf(stored, rowOf('1.2'))).toBeUndefined();
  });
});

describe('namespaceOf', () => {
  it('takes only a hash of ours off', () => {
    expect(namespaceOf({ pipelineLocation: 'a#b' })).toBe('a#b');
    expect(namespaceOf({ pipelineLocation: `a#b#fm1${'x'.repeat(29)}` })).toBe('a#b');
    expect(namespaceOf({ pipelineLocation: `#fm1${'x'.repeat(29)}` })).toBeUndefined();
    expect(namespaceOf({})).toBeUndefined();
  });
});

describe('textHash', () => {
  it('tells a description from a display name, and absence from nothing else', () => {
    expect(textHash({ description: 'a' }, md5)).not.toBe(textHash({ displayName: 'a' }, md5));
    expect(textHash({ description: '', displayName: null }, md5)).toBe(textHash({}, md5));
    expect(textHash({ description: 'a' }, md5)).toHaveLength(7);
  });
});
