import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunReport } from '@flowmeta/connector';
import {
  demoDataset,
  type Fault,
  generateDataset,
  type KestraDataset,
  type KestraSandboxOptions,
  type OpenMetadataSandbox,
  type Sandbox,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run } from './fake-host.js';

// A Kestra whose flows come and go, and one that only looks as if they did. The stand-in is started anew on the same port.

let whole: KestraDataset;
let namespace: string;
let victim: string;
const open = new Set<Sandbox>();

beforeAll(() => {
  whole = demoDataset();
  const counts = new Map<string, number>();
  for (const { flow } of whole.flows) counts.set(flow.namespace, (counts.get(flow.namespace) ?? 0) + 1);
  [namespace] = [...counts].sort(([, one], [, other]) => other - one)[0]!;
  const flows = whole.flows.filter(({ flow }) => flow.namespace === namespace);
  victim = `${namespace}.${flows.at(-1)!.flow.id}`;
});
afterEach(async () => {
  await Promise.all([...open].map((server) => server.close()));
  open.clear();
});

type Flow = KestraDataset['flows'][number]['flow'];
const nameOf = ({ namespace: of, id }: Flow): string => `${of}.${id}`;
const without = (isGone: (flow: Flow) => boolean): KestraDataset => ({
  ...whole,
  flows: whole.flows.filter(({ flow }) => !isGone(flow)),
});
const withoutVictim = () => without((flow) => nameOf(flow) === victim);

interface Config {
  selection?: object;
  connection?: object;
}

async function start(version = '1.6', dataset = whole) {
  const directory = await mkdtemp(join(tmpdir(), 'flowmeta-deletion-'));
  const from = Date.parse(whole.takenAt);
  const now = () => from;
  const serve = async (options: Partial<KestraSandboxOptions> = {}) => {
    const server = await startKestraSandbox({ dataset, now, ...options });
    open.add(server);
    return server;
  };
  let kestra = await serve();
  const openMetadata = await startOpenMetadataSandbox({ now, version });
  open.add(openMetadata);

  const ingest = async ({ selection, connection }: Config = {}, ...args: string[]) => {
    const config = {
      source: {
        type: 'kestra',
        serviceName: 'kestra_prod',
        serviceConnection: { config: { type: 'Kestra', hostPort: kestra.url, ...connection } },
        sourceConfig: { config: { type: 'PipelineMetadata', ...selection } },
      },
      workflowConfig: {
        openMetadataServerConfig: {
          hostPort: `${openMetadata.url}/api`,
          securityConfig: { jwtToken: openMetadata.token },
        },
      },
    };
    await writeFile(join(directory, 'kestra.yaml'), JSON.stringify(config));
    const { exitCode, stdout } = await run(['ingest', '-c', 'kestra.yaml', '--json', ...args], { directory, from });
    return { exitCode, report: JSON.parse(stdout) as RunReport };
  };
  return {
    openMetadata,
    directory,
    ingest,
    /** The same server, with other flows or other manners. */
    async restart(options: Partial<KestraSandboxOptions>) {
      await kestra.close();
      open.delete(kestra);
      kestra = await serve({ port: Number(new URL(kestra.url).port), ...options });
      return kestra;
    },
    /** Another server. */
    async move(options: Partial<KestraSandboxOptions>) {
      kestra = await serve(options);
    },
  };
}

const deletedIn = (openMetadata: OpenMetadataSandbox): string[] =>
  openMetadata.catalog.pipelines().flatMap(({ name, deleted }) => (deleted === true ? [name] : []));
const outcomeOf = (report: RunReport, name: string) => report.pipelines.find((each) => each.name === name)?.outcome;
const messages = (findings: RunReport['warnings']): string => findings.map(({ message }) => message).join('\n');

const allRuns: Config = { selection: { statusLookbackDays: 45 } };

describe.each(['1.2', '1.6', '2.0'])('a flow that is deleted in Kestra, in OpenMetadata %s', (version) => {
  it('goes, and comes back with its runs when Kestra has it again', async () => {
    const { openMetadata, ingest, restart, directory } = await start(version);
    await ingest(allRuns);
    const before = openMetadata.catalog.pipelines().find(({ name }) => name === victim)!;
    const runs = openMetadata.catalog.statuses(before.fullyQualifiedName).length;
    await restart({ dataset: withoutVictim() });

    const dry = await ingest({}, '--dry-run');
    expect([dry.exitCode, outcomeOf(dry.report, victim), dry.report.totals.pipelines.removed]).toEqual([
      0,
      'deleted',
      1,
    ]);
    expect(deletedIn(openMetadata)).toEqual([]);

    const gone = await ingest({}, '--report', 'r.html', 'r.md');
    expect([gone.exitCode, outcomeOf(gone.report, victim), gone.report.totals.pipelines.removed]).toEqual([
      0,
      'deleted',
      1,
    ]);
    expect(deletedIn(openMetadata)).toEqual([victim]);
    for (const file of ['r.html', 'r.md'])
      expect(await readFile(join(directory, file), 'utf8')).toContain('1 pipeline deleted');

    const changes = openMetadata.catalog.changes();
    const again = await ingest();
    expect([again.exitCode, again.report.totals.pipelines.removed]).toEqual([0, 0]);
    expect(openMetadata.catalog.changes()).toBe(changes);

    await restart({ dataset: whole });
    const back = await ingest(allRuns);
    expect([back.exitCode, outcomeOf(back.report, victim)]).toEqual([0, 'restored']);
    expect(deletedIn(openMetadata)).toEqual([]);
    const after = openMetadata.catalog.pipelines().find(({ name }) => name === victim)!;
    expect(after.id).toBe(before.id);
    expect(runs).toBeGreaterThan(0);
    expect(openMetadata.catalog.statuses(after.fullyQualifiedName)).toHaveLength(runs);
    const settled = openMetadata.catalog.changes();
    await ingest(allRuns);
    expect(openMetadata.catalog.changes()).toBe(settled);
  });
});

describe('nothing is deleted', () => {
  const flowOf = (name: string) => new RegExp(`/flows/${namespace}/${name.slice(namespace.length + 1)}(\\?|$)`);
  const search = /\/flows\/search/;
  const status = (code: number): Fault['effect'] => ({ kind: 'status', status: code, body: { message: 'no' } });

  it.each([
    ['the listing is empty', () => without(() => true)],
    ['most flows are hidden, as from a token with fewer rights', () => without(({ id }) => id.length % 3 > 0)],
    ['a namespace is hidden', () => without((flow) => flow.namespace === namespace)],
  ])('when %s', async (_, dataset) => {
    const { openMetadata, ingest, restart } = await start();
    await ingest();
    await restart({ dataset: { ...dataset(), executions: [] } });
    const { report } = await ingest();
    expect(deletedIn(openMetadata)).toEqual([]);
    expect(messages(report.failed) + messages(report.warnings)).toContain('deleted');
  });

  it.each<[string, Fault]>([
    ['breaks off', { after: 1, effect: { kind: 'half-body' } }],
    ['is refused (401) in the middle', { after: 1, effect: status(401) }],
    ['is a page of a proxy in the middle', { after: 1, effect: { kind: 'html', status: 200 } }],
    [
      'has half of a page',
      {
        effect: {
          kind: 'rewrite',
          rewrite: (answer) => {
            const { results, total } = answer.json as { results: Flow[]; total: number };
            return { ...answer, json: { results: results.slice(0, results.length / 2), total } };
          },
        },
      },
    ],
  ])('when the listing %s', async (_, fault) => {
    const { openMetadata, ingest, restart } = await start('1.6', generateDataset({ flows: 130, tasks: 1, runs: 0 }));
    await ingest();
    expect(openMetadata.catalog.pipelines()).toHaveLength(130);
    await restart({
      dataset: generateDataset({ flows: 128, tasks: 1, runs: 0 }),
      faults: [{ ...fault, path: /\/flows\/search/ }],
    });
    const { exitCode } = await ingest();
    expect(exitCode).not.toBe(0);
    expect(deletedIn(openMetadata)).toEqual([]);
  });

  it.each<[string, Fault]>([
    ['is there', { path: search, effect: { kind: 'status', status: 200, body: {} } }],
    ['may not be read (401)', { path: /FLOW/, effect: status(401) }],
    ['may not be read (403)', { path: /FLOW/, effect: status(403) }],
    ['can not be read (423)', { path: /FLOW/, effect: status(423) }],
    ['is asked for while Kestra starts (503)', { path: /FLOW/, effect: status(503) }],
    ['is 404 like every flow', { path: /\/flows\/[^/]+\/[^/?]+\?source/, effect: status(404) }],
    ['is 404 but once', { path: /FLOW/, times: 1, effect: status(404) }],
  ])(
    'when a flow that was not listed %s',
    async (_, fault) => {
      const { openMetadata, ingest, restart } = await start();
      await ingest();
      const hide: Fault = {
        path: search,
        effect: {
          kind: 'rewrite',
          rewrite: (answer) => {
            const { results, total } = answer.json as { results: Flow[]; total: number };
            const left = results.filter((flow) => nameOf(flow) !== victim);
            return { ...answer, json: { results: left, total: total - 1 } };
          },
        },
      };
      const path = fault.path?.source === 'FLOW' ? flowOf(victim) : fault.path;
      await restart({ faults: path?.source === search.source ? [hide] : [hide, { ...fault, ...(path && { path }) }] });
      const { exitCode, report } = await ingest();
      expect(messages(report.failed) + messages(report.skipped)).toBe('');
      expect([exitCode, deletedIn(openMetadata)]).toEqual([0, []]);
      expect(report.warnings.find(({ ref }) => ref === victim)?.message).toContain('not deleted');
    },
    30_000,
  );

  it.each<[string, Config, string[]]>([
    ['filters are narrowed', { selection: { pipelineFilterPattern: { includes: ['^nothing'] } } }, []],
    ['a filter leaves one out', { selection: { pipelineFilterPattern: { excludes: ['.*'] } } }, []],
    ['namespaces are excluded', { connection: { namespaces: { excludes: ['NAMESPACE'] } } }, []],
    ['other namespaces are chosen', { connection: { namespaces: { includes: ['elsewhere'] } } }, []],
    ['other namespaces are asked for', {}, ['--namespace', 'elsewhere']],
    ['switched off flows are left out', { selection: { includeUnDeployedPipelines: false } }, []],
    ['it is told so', { selection: { markDeletedPipelines: false } }, []],
  ])('when %s', async (why, config, args) => {
    const { openMetadata, ingest, restart } = await start();
    await ingest();
    if (why === 'it is told so') await restart({ dataset: withoutVictim() });
    const text = JSON.stringify(config).replace('NAMESPACE', namespace);
    const { report } = await ingest(JSON.parse(text) as Config, ...args);
    expect(deletedIn(openMetadata)).toEqual([]);
    expect(report.failed).toEqual([]);
  });

  it('when a namespace is renamed, until that is allowed', async () => {
    const { openMetadata, ingest, restart } = await start();
    await ingest();
    const old = whole.flows.filter(({ flow }) => flow.namespace === namespace).map(({ flow }) => nameOf(flow));
    const renamed = whole.flows.map((entry) =>
      entry.flow.namespace === namespace ? { ...entry, flow: { ...entry.flow, namespace: 'renamed' } } : entry,
    );
    await restart({ dataset: { ...whole, flows: renamed, executions: [] } });
    await ingest();
    expect(deletedIn(openMetadata)).toEqual([]);
    const { exitCode } = await ingest({}, '--allow-mass-delete');
    expect(exitCode).toBe(0);
    expect(deletedIn(openMetadata).sort()).toEqual(old.sort());
  });

  it('of another server or tenant that fills the same service', async () => {
    const { openMetadata, ingest, move } = await start();
    await ingest();
    await move({ dataset: { ...withoutVictim(), executions: [] } });
    const { exitCode, report } = await ingest();
    expect([exitCode, deletedIn(openMetadata)]).toEqual([0, []]);
    expect(report.warnings).toContainEqual(
      expect.objectContaining({ ref: 'kestra_prod', message: expect.stringContaining('another source') }),
    );
  });
});

describe('a flow that nobody can read', () => {
  it('stays, and does not keep another one from going', async () => {
    const { openMetadata, ingest, restart } = await start();
    await ingest();
    const broken = whole.flows
      .map(({ flow }) => flow)
      .find((flow) => nameOf(flow) !== victim && flow.namespace === namespace)!;
    const unreadable: Fault[] = [
      {
        path: /\/flows\/search/,
        effect: {
          kind: 'rewrite',
          rewrite: (answer) => {
            const { results, total } = answer.json as { results: Flow[]; total: number };
            const shown = results.map((flow) => {
              const { namespace: of, id } = flow;
              return nameOf(flow) === nameOf(broken) ? { namespace: of, id, exception: 'Invalid type: x' } : flow;
            });
            return { ...answer, json: { results: shown, total } };
          },
        },
      },
      {
        path: new RegExp(`/flows/${namespace}/${broken.id}(\\?|$)`),
        effect: { kind: 'status', status: 423, body: { message: 'Invalid type: x' } },
      },
    ];
    for (const dataset of [withoutVictim(), withoutVictim()]) {
      await restart({ dataset, faults: unreadable });
      const { exitCode, report } = await ingest();
      expect(report.skipped).toContainEqual(expect.objectContaining({ ref: nameOf(broken) }));
      expect([exitCode, deletedIn(openMetadata)]).toEqual([1, [victim]]);
    }
    await restart({ dataset: withoutVictim() });
    const { exitCode } = await ingest();
    expect([exitCode, deletedIn(openMetadata)]).toEqual([0, [victim]]);
  });
});

describe('two configs of one service', () => {
  it('delete only in their own namespaces', async () => {
    const { openMetadata, ingest, restart } = await start();
    const mine = { connection: { namespaces: { includes: [namespace] } } };
    const others = { connection: { namespaces: { excludes: [namespace] } } };
    await ingest(mine);
    await ingest(others);
    await restart({ dataset: withoutVictim() });
    await ingest(others);
    expect(deletedIn(openMetadata)).toEqual([]);
    await ingest(mine);
    expect(deletedIn(openMetadata)).toEqual([victim]);
  });
});

describe('a deletion of many', () => {
  it('is refused with exit code 1 and the numbers, and done when it is allowed', async () => {
    const { openMetadata, ingest, restart } = await start();
    await ingest();
    const present = whole.flows.length;
    // One of each namespace stays.
    const kept = new Set<string>();
    const few = without(({ namespace: of }) => {
      if (!kept.has(of)) {
        kept.add(of);
        return false;
      }
      return true;
    });
    await restart({ dataset: { ...few, executions: [] } });
    const gone = present - few.flows.length;
    const { exitCode, report } = await ingest();
    expect([exitCode, deletedIn(openMetadata)]).toEqual([1, []]);
    expect(report.failed).toMatchObject([
      {
        message: expect.stringContaining(`${gone} of ${present} pipelines`),
        hint: expect.stringContaining('--allow-mass-delete'),
      },
    ]);
    expect((await ingest({}, '--allow-mass-delete')).report.totals.pipelines.removed).toBe(gone);
    expect(deletedIn(openMetadata)).toHaveLength(gone);
    expect((await ingest()).exitCode).toBe(0);
  });
});
