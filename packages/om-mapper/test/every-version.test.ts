import type { EntityReference } from '@flowmeta/connector';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildFqn,
  type Capabilities,
  capabilitiesFor,
  completeColumns,
  completeEdge,
  completePipeline,
  knownVersions,
  legalName,
  mapEdge,
  mapPipeline,
  mapRun,
  type Reference,
} from '../src/index.js';
import { lineageEdge, md5, pipeline, runOf } from './models.js';
import { refusalOf, schemasOf } from './openmetadata-schemas.js';

const user = (digit: string): Reference => ({ id: `${digit.repeat(8)}-7c54-4604-8f69-2072c4335c4b`, type: 'user' });
const team: Reference = { id: '009a4325-7c54-4604-8f69-2072c4335c4b', type: 'team' };

/** What the servers refuse although their schemas, or the validator's idea of length, let it pass. */
function expectServerTakesName(name: string, capabilities: Capabilities): void {
  expect(name.length).toBeGreaterThan(0);
  expect(name.length).toBeLessThanOrEqual(capabilities.maxNameLength);
  expect(name).not.toMatch(/::|["\p{Cc}\u2028\u2029\p{Cs}]/u);
  if (capabilities.version === '2.0') expect(name).not.toContain('>');
}

describe.each(knownVersions)('every body for OpenMetadata %s validates against its JSON Schemas', (version) => {
  const { capabilities } = capabilitiesFor(`${version}.0`);
  const schemas = schemasOf(version);
  const options = { service: 'kestra', capabilities, classification: 'KestraLabels' };

  it('pipelines and tags, whatever they are called', () => {
    fc.assert(
      fc.property(pipeline, fc.subarray([user('a'), team, user('b')]), (model, owners) => {
        const draft = mapPipeline(model, options);
        const tags = draft.tags.map(({ classification, name }) => buildFqn([classification, name]));
        const body = completePipeline(draft, { tags, owners, hash: md5, capabilities });
        expect(refusalOf(schemas.createPipeline, body)).toBeUndefined();
        for (const { name } of [body, ...body.tasks]) expectServerTakesName(name, capabilities);
        expect(new Set(body.tasks.map(({ name }) => name)).size).toBe(model.tasks.length);
        for (const tag of draft.tags) {
          expect(refusalOf(schemas.createTag, tag)).toBeUndefined();
          expect(tag.name.length).toBeLessThanOrEqual(64);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('statuses, which name only tasks of the body', () => {
    const modelAndRun = pipeline.chain((model) => fc.tuple(fc.constant(model), runOf(model)));
    fc.assert(
      fc.property(modelAndRun, ([model, run]) => {
        const draft = mapPipeline(model, options);
        const status = mapRun(run, { taskNames: draft.taskNames, capabilities });
        expect(refusalOf(schemas.pipelineStatus, status)).toBeUndefined();
        expect(status.taskStatus.map(({ name }) => name)).toEqual(draft.body.tasks.map(({ name }) => name));
      }),
      { numRuns: 100 },
    );
  });

  it('edges', () => {
    const columnsOf = (table: string) =>
      ['id', 'amount'].map((path) => ({ path, fqn: `pg.shop.public.${table}.${path}` }));
    const fqnOf = (name: string): string => buildFqn(['kestra', legalName(name, { capabilities }).legal]);
    fc.assert(
      fc.property(lineageEdge, (edge) => {
        const find = (reference: Exclude<EntityReference, { kind: 'pipeline' }>) =>
          reference.kind === 'entity' ? { type: reference.type ?? 'table', fqn: reference.fqn } : undefined;
        const draft = mapEdge(edge, { fqnOf, find });
        const columns = completeColumns(draft.details.columns ?? [], { from: columnsOf('a'), to: columnsOf('b') });
        const body = completeEdge(draft, {
          columns,
          from: { ...user('a'), type: draft.from.type },
          to: { ...user('b'), type: draft.to.type },
          ...(draft.details.pipeline === undefined ? {} : { pipeline: { ...user('c'), type: 'pipeline' } }),
        });
        expect(refusalOf(schemas.addLineage, body)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});

describe('a body that is shaped for another version is refused', () => {
  const bodyFor = (version: string) => {
    const { capabilities } = capabilitiesFor(version);
    const task = { name: 'extract', enabled: true };
    const draft = mapPipeline(
      {
        name: 'company.team.daily',
        enabled: true,
        tasks: [task],
        edges: [],
        schedules: [],
        labels: [],
        owners: [],
        inputs: [],
      },
      { service: 'kestra', capabilities },
    );
    const status = mapRun(
      {
        id: '4kAbC',
        pipeline: 'company.team.daily',
        state: 'skipped',
        sourceState: 'SKIPPED',
        startedAt: 1_795_300_000_000,
        endedAt: 1_795_300_001_000,
        taskRuns: [],
      },
      { taskNames: draft.taskNames, capabilities },
    );
    return { pipeline: completePipeline(draft, { tags: [], owners: [team], hash: md5, capabilities }), status };
  };
  const schemas = Object.fromEntries(knownVersions.map((version) => [version, schemasOf(version)]));

  it.each([
    ['1.4', '1.5', 'owners'],
    ['1.5', '1.4', 'owner'],
    ['1.6', '1.7', 'state'],
  ])('a pipeline for %s does not take what one for %s takes', (refusing, writing, field) => {
    const refusal = refusalOf(schemas[refusing]!.createPipeline, bodyFor(writing).pipeline);
    expect(refusal).toContain(`"additionalProperty":"${field}"`);
  });

  it('a status of 1.10 is refused by 1.9, one of 1.3 that is skipped by 1.2', () => {
    expect(refusalOf(schemas['1.9']!.pipelineStatus, bodyFor('1.10').status)).toContain('additional');
    expect(refusalOf(schemas['1.2']!.pipelineStatus, bodyFor('1.3').status)).toContain('/executionStatus');
  });

  it('a field that no version knows', () => {
    for (const version of knownVersions) {
      const { pipeline: body, status } = bodyFor(version);
      expect(refusalOf(schemas[version]!.createPipeline, body)).toBeUndefined();
      expect(refusalOf(schemas[version]!.createPipeline, { ...body, revision: '1' })).toContain('revision');
      expect(refusalOf(schemas[version]!.pipelineStatus, { ...status, logUrl: 'x' })).toContain('logUrl');
    }
  });

  it('a hash longer than 32 characters', () => {
    const body = { ...bodyFor('1.6').pipeline, sourceHash: 'c'.repeat(33) };
    expect(refusalOf(schemas['1.6']!.createPipeline, body)).toContain('sourceHash');
  });
});
