import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../apps/runner/src/config/config-error.js';
import { parseConfig } from '../../../apps/runner/src/config/load-config.js';
import { fuzz } from '../src/fuzz.js';
import { type Mutation, mutate, mutation } from '../src/mutation.js';
import { record } from '../src/result.js';
import { mutations } from '../src/settings.js';
import { watchProcess } from '../src/side-effects.js';

const secret = 'qZ7-never-show-this-Kx2';

/** Every kind of key: strings, lists, numbers, switches, secrets, patterns, maps. */
const config = {
  source: {
    type: 'kestra',
    serviceName: 'kestra',
    serviceConnection: {
      config: {
        type: 'Kestra',
        hostPort: 'https://kestra.example.com/ui',
        tenantId: 'main',
        username: 'someone',
        password: secret,
        verifySSL: 'ignore',
        pipelineFilterPattern: { includes: ['company\\..*'], excludes: ['.*test$'] },
        numberOfStatus: 10,
        namespaces: { includes: ['company.team'], excludes: ['company.team.old'] },
        labelIncludes: ['team'],
        ownerLabel: 'owner',
        ownerMapping: { 'company.team': 'sales' },
        requestTimeout: 30,
        concurrency: 4,
      },
    },
    sourceConfig: {
      config: {
        type: 'PipelineMetadata',
        statusLookbackDays: 7,
        includeTags: true,
        includeOwners: true,
        includeLineage: true,
        overrideMetadata: false,
        pipelineFilterPattern: { includes: ['a'] },
        lineageInformation: { dbServiceNames: ['pg'], pipelineServiceNames: ['airflow'] },
      },
    },
  },
  sink: { type: 'metadata-rest', config: {} },
  workflowConfig: {
    loggerLevel: 'INFO',
    raiseOnError: true,
    successThreshold: 90,
    openMetadataServerConfig: {
      hostPort: 'https://om.example.com/api',
      authProvider: 'openmetadata',
      verifySSL: 'validate',
      securityConfig: { jwtToken: secret },
    },
  },
};

type ConfigMutation = { of: 'value'; changes: Mutation[] } | { of: 'text'; at: number; remove: number; insert: string };

const pieces = [
  '',
  ':',
  ' ',
  '\n',
  '\t',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  '&a',
  '*a',
  '!!js',
  '---',
  '...',
  '%YAML 9',
  '<<: *a',
  '$X',
  '${',
  '$$',
  '\u0000',
  '|',
  '>',
  '#',
  '?',
  ',',
];

const configMutation: fc.Arbitrary<ConfigMutation> = fc.oneof(
  fc.array(mutation, { minLength: 1, maxLength: 3 }).map((changes) => ({ of: 'value' as const, changes })),
  fc
    .tuple(fc.nat(), fc.nat({ max: 30 }), fc.constantFrom(...pieces))
    .map(([at, remove, insert]) => ({ of: 'text' as const, at, remove, insert })),
);

function textOf(change: ConfigMutation): string {
  if (change.of === 'value') return JSON.stringify(change.changes.reduce(mutate, config as unknown)) ?? '';
  const text = JSON.stringify(config, null, 2);
  const at = change.at % text.length;
  return text.slice(0, at) + change.insert + text.slice(at + change.remove);
}

describe('a config that nobody should write', () => {
  it('is read, or refused with its problems named and no secret shown', { timeout: 3_600_000 }, async () => {
    const start = performance.now();
    const process = watchProcess();
    const count = Math.round(mutations * 0.2);
    const figures = { read: 0, refused: 0 };
    const { rounds, made, failures } = await fuzz(
      configMutation,
      async (changes) => {
        const problems: string[] = [];
        for (const change of changes) {
          const text = textOf(change);
          try {
            await parseConfig(text, { file: 'config.yaml', environment: { X: 'x' }, directory: '/nowhere' });
            figures.read += 1;
          } catch (error) {
            figures.refused += 1;
            if (!(error instanceof ConfigError)) problems.push(`throws ${String(error).slice(0, 300)}`);
            else if (error.problems.length === 0) problems.push('refused without a problem');
            if (JSON.stringify([String(error), (error as ConfigError).problems]).includes(secret)) {
              problems.push(`shows a secret: ${String(error)}`);
            }
          }
        }
        return { problems: [...problems, ...process.problems()], made: changes.length };
      },
      { count, atOnce: 100, shrinks: 20 },
    );
    process.stop();
    record('fuzz-config', { count: made, rounds, ...figures, failures, ms: performance.now() - start });
    expect(failures).toEqual([]);
  });
});
