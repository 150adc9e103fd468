import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  demoDataset,
  type OpenMetadataSandbox,
  type Sandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './fake-host.js';

const operations = [
  'Create',
  'ViewAll',
  'ViewBasic',
  'EditAll',
  'EditLineage',
  'EditIngestionPipelineStatus',
  'Delete',
];

let directory: string;
let kestra: Sandbox;
const catalogs: Record<string, OpenMetadataSandbox> = {};
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flowmeta-permissions-'));
  kestra = await startKestraSandbox({ dataset: demoDataset() });
  for (const version of ['1.2', '1.8']) catalogs[version] = await startOpenMetadataSandbox({ version });
});
afterAll(() => Promise.all([kestra, ...Object.values(catalogs)].map((server) => server.close())));

interface Situation {
  version?: string;
  /** What the principal may not do, e.g. `Create on pipeline`; the server's word for it. */
  without?: string[];
  access?: string;
  /** Resources that the server tells nothing about. */
  silentOn?: RegExp;
  settings?: Record<string, unknown>;
  report?: boolean;
  ingestionPipelineFQN?: string;
}

/** The step `permissions` of `flowmeta check` for a principal that may do everything else. */
async function permissions({
  version = '1.8',
  without = [],
  access = 'notAllow',
  silentOn,
  settings,
  report,
  ingestionPipelineFQN,
}: Situation) {
  const catalog = catalogs[version]!;
  catalog.setFaults([
    {
      path: /\/permissions\//,
      effect: {
        kind: 'rewrite',
        rewrite(_answer, { path }) {
          const resource = path.split('/').at(-1)!;
          if (silentOn?.test(resource))
            return { status: 404, json: { message: `Resource type ${resource} not found` } };
          const granted = operations.map((operation) => ({
            operation,
            access: without.includes(`${operation} on ${resource}`) ? access : 'allow',
          }));
          return { status: 200, json: { resource, permissions: granted } };
        },
      },
    },
  ]);
  const config = {
    source: {
      type: 'kestra',
      serviceName: 'kestra_demo',
      serviceConnection: { config: { type: 'Kestra', hostPort: kestra.url } },
      sourceConfig: { config: { type: 'PipelineMetadata', ...settings } },
    },
    ingestionPipelineFQN,
    workflowConfig: {
      ...(report && { reportToOpenMetadata: true }),
      openMetadataServerConfig: { hostPort: `${catalog.url}/api`, securityConfig: { jwtToken: catalog.token } },
    },
  };
  await writeFile(join(directory, 'c.yaml'), JSON.stringify(config));
  const { exitCode, stdout } = await run(['check', '-c', 'c.yaml', '--json'], { directory });
  const { steps } = JSON.parse(stdout) as { steps: Record<string, string>[] };
  return { exitCode, ...steps.find(({ end, name }) => end === 'target' && name === 'permissions') };
}

describe('the step permissions of flowmeta check', () => {
  it('passes for a principal that may do what is needed', async () => {
    expect(await permissions({ report: true })).toMatchObject({ exitCode: 0, status: 'passed' });
  });

  it.each([
    'Create on pipelineService',
    'ViewAll on pipelineService',
    'Create on pipeline',
    'ViewAll on pipeline',
    'EditAll on pipeline',
    'Create on classification',
    'Create on tag',
    'Create on ingestionPipeline',
  ])('fails for one that may not %s', async (right) => {
    const step = await permissions({ without: [right], report: true });
    expect(step).toMatchObject({ exitCode: 1, status: 'failed', message: `The bot may not: ${right}.` });
    expect(step).toHaveProperty('hint');
  });

  it.each(['classification', 'tag', 'user', 'team'])('fails for one that may not see a %s', async (resource) => {
    const without = [`ViewAll on ${resource}`, `ViewBasic on ${resource}`];
    expect(await permissions({ without })).toMatchObject({
      status: 'failed',
      message: `The bot may not: ViewAll or ViewBasic on ${resource}.`,
    });
    expect(await permissions({ without: without.slice(0, 1) })).toMatchObject({ status: 'passed' });
  });

  it.each([{ report: true }, { ingestionPipelineFQN: 'kestra_demo.nightly' }])(
    'fails for one that may neither see ingestion pipelines nor show their runs, with %j',
    async (wish) => {
      const without = ['ViewAll', 'ViewBasic', 'EditIngestionPipelineStatus', 'EditAll'].map(
        (operation) => `${operation} on ingestionPipeline`,
      );
      expect(await permissions({ ...wish, without })).toMatchObject({
        status: 'failed',
        message:
          'The bot may not: ViewAll or ViewBasic on ingestionPipeline, EditIngestionPipelineStatus or EditAll on ingestionPipeline.',
        hint: expect.stringContaining('reportToOpenMetadata'),
      });
    },
  );

  it.each(['table', 'container', 'topic', 'searchIndex'])(
    'warns for one that may not draw lineage of a %s, which not every flow needs',
    async (resource) => {
      const step = await permissions({ without: [`EditLineage on ${resource}`, `EditAll on ${resource}`] });
      expect(step).toMatchObject({ exitCode: 0, status: 'warning' });
      expect(step).toHaveProperty('message', `The bot may not: EditLineage or EditAll on ${resource}.`);
    },
  );

  it('warns for one that may not delete, unless nothing is to be deleted', async () => {
    const without = ['Delete on pipeline'];
    expect(await permissions({ without })).toMatchObject({
      exitCode: 0,
      status: 'warning',
      message: 'The bot may not: Delete on pipeline.',
      hint: expect.stringContaining('markDeletedPipelines'),
    });
    expect(await permissions({ without, settings: { markDeletedPipelines: false } })).toMatchObject({
      status: 'passed',
    });
  });

  it('asks 1.2 for the right to lineage itself', async () => {
    const without = ['EditLineage on lineage', 'EditAll on lineage'];
    expect(await permissions({ version: '1.2', without })).toMatchObject({ status: 'failed' });
    expect(await permissions({ version: '1.8', without })).toMatchObject({ status: 'passed' });
  });

  it.each(['notAllow', 'deny', 'conditionalDeny'])('takes %s for a no', async (access) => {
    expect(await permissions({ without: ['EditAll on pipeline'], access })).toMatchObject({ status: 'failed' });
  });

  it('asks for nothing that the config leaves out', async () => {
    const settings = { includeTags: false, includeOwners: false, includeLineage: false };
    const without = ['classification', 'tag', 'user', 'team', 'table', 'ingestionPipeline'].flatMap((resource) =>
      operations.map((operation) => `${operation} on ${resource}`),
    );
    expect(await permissions({ settings, without })).toMatchObject({ status: 'passed' });
  });

  it('names what the server tells nothing about, and is skipped when it tells nothing at all', async () => {
    expect(await permissions({ silentOn: /^searchIndex$/ })).toMatchObject({
      status: 'passed',
      message: expect.stringContaining('searchIndex'),
    });
    expect(await permissions({ silentOn: /./ })).toMatchObject({ exitCode: 0, status: 'skipped' });
  });
});

describe('flowmeta check with a user of Kestra Enterprise', () => {
  /** The steps that are not passed when Kestra refuses some paths. */
  async function refused(path: RegExp) {
    kestra.setFaults([{ path, effect: { kind: 'status', status: 403 } }]);
    try {
      await writeFile(
        join(directory, 'k.yaml'),
        JSON.stringify({
          source: {
            type: 'kestra',
            serviceName: 'kestra_demo',
            serviceConnection: { config: { type: 'Kestra', hostPort: kestra.url, token: 'a-token' } },
          },
          sink: { type: 'file', config: { filename: 'out.jsonl' } },
          workflowConfig: {},
        }),
      );
      const { exitCode, stdout } = await run(['check', '-c', 'k.yaml', '--json'], { directory });
      const { steps } = JSON.parse(stdout) as { steps: { name: string; status: string; hint?: string }[] };
      return { exitCode, failed: steps.filter(({ status }) => status === 'failed') };
    } finally {
      kestra.setFaults([]);
    }
  }

  it.each([
    ['FLOW: READ', /\/flows\//, 'sign in'],
    ['EXECUTION: READ', /\/executions\//, 'executions'],
  ])('names the step that needs %s', async (_permission, path, name) => {
    const { exitCode, failed } = await refused(path);
    expect(exitCode).not.toBe(0);
    expect(failed).toEqual([
      expect.objectContaining({ name, hint: expect.stringMatching(/read|permission|right|role/i) }),
    ]);
  });
});
