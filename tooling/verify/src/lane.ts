import type { RunReport } from '@flowmeta/connector';
import { type Fault, type OpenMetadataSandbox, type Sandbox, startKestraSandbox } from '@flowmeta/sandbox';
import type { Endpoint } from './endpoints.js';
import type { FaultCase } from './fault-cases.js';
import { judge } from './judge.js';
import { refusing } from './refusing.js';
import { run } from './run.js';
import { type Snapshot, snapshotOf } from './snapshot.js';
import { untilHanging } from './until-hanging.js';
import { startCatalog, type World } from './world.js';

interface Reference {
  before: Snapshot;
  wanted: Snapshot;
  /** Requests that the second run sent, by the name of the endpoint. */
  requests: ReadonlyMap<string, number>;
}

export interface CaseResult {
  name: string;
  outcome: RunReport['outcome'] | 'hangs';
  /** What is wrong; empty when all is well. */
  problems: string[];
  ms: number;
}

/**
 * A place where one case after the other runs: its Kestra is always at the same address, which the catalog holds, so that what a run
 * without faults leaves is found out once per world.
 */
export interface Lane {
  /** Starts with a catalog that a good run has filled, lets the fault strike the second run, and looks at what is there then. */
  check(faultCase: FaultCase, world: World): Promise<CaseResult>;
  /** Requests of the second run without faults, by the name of the endpoint. */
  requestsOf(world: World, isFirst: boolean): Promise<ReadonlyMap<string, number>>;
}

export async function createLane(endpoints: readonly Endpoint[]): Promise<Lane> {
  const port = await freePort();
  const references = new Map<string, Promise<Reference>>();

  /** A catalog as the earlier run left it, or as it is before there was one. */
  const prepare = async (world: World, isFirst: boolean): Promise<OpenMetadataSandbox> => {
    const catalog = await startCatalog(world);
    if (isFirst) return catalog;
    const kestra = await startKestraSandbox({ dataset: world.before, port });
    const report = await run({ kestra, openMetadata: catalog, world });
    await kestra.close();
    if (report.outcome !== 'done')
      throw new Error(`the earlier run is ${report.outcome}: ${JSON.stringify(report.error)}`);
    return catalog;
  };

  const findReference = async (world: World, isFirst: boolean): Promise<Reference> => {
    const catalog = await prepare(world, isFirst);
    const before = snapshotOf(catalog);
    const earlier = catalog.requests.length;
    const kestra = await startKestraSandbox({ dataset: world.now, port });
    const report = await run({ kestra, openMetadata: catalog, world });
    const wanted = snapshotOf(catalog);
    const requests = new Map<string, number>();
    const sent = { kestra: kestra.requests, openMetadata: catalog.requests.slice(earlier) };
    for (const { name, side, method, path } of endpoints) {
      const isOf = (request: Sandbox['requests'][number]): boolean =>
        request.method === method && path.test(request.query ? `${request.path}?${request.query}` : request.path);
      requests.set(name, sent[side].filter(isOf).length);
    }
    await Promise.all([kestra.close(), catalog.close()]);
    if (report.outcome !== 'done') throw new Error(`the run without faults is ${report.outcome}`);
    return { before, wanted, requests };
  };

  const referenceOf = (world: World, isFirst: boolean): Promise<Reference> => {
    const key = `${world.name} ${isFirst}`;
    const known = references.get(key) ?? findReference(world, isFirst);
    references.set(key, known);
    return known;
  };

  return {
    requestsOf: async (world, isFirst) => (await referenceOf(world, isFirst)).requests,

    async check({ name, endpoint, kind, schedule }, world) {
      const isFirst = endpoint.isFirst === true;
      const { before, wanted, requests } = await referenceOf(world, isFirst);
      const catalog = await prepare(world, isFirst);
      const kestra = await startKestraSandbox({ dataset: world.now, port });
      const start = performance.now();
      const faulty = { kestra, openMetadata: catalog }[endpoint.side];
      const rule = {
        method: endpoint.method,
        path: endpoint.path,
        ...(schedule === 'later' && { after: Math.max(1, Math.floor((requests.get(endpoint.name) ?? 0) / 2)) }),
        ...(kind.times !== undefined ? { times: kind.times } : schedule === 'once' && { times: 1 }),
      };
      const effect = kind.effect(endpoint);
      const dispatcher = effect === 'refused' ? refusing(rule) : undefined;
      if (effect !== undefined && effect !== 'refused') faulty.setFaults([{ ...rule, effect } satisfies Fault]);
      const isLie = kind.isLie?.(endpoint) === true;
      const problems: string[] = [];
      const sides = { kestra, openMetadata: catalog, world };
      const earlier = catalog.requests.length;
      const report = await untilHanging((signal) =>
        run({
          ...sides,
          signal,
          isHurried: kind.isSlow === true,
          ...(dispatcher && { dispatchers: { [endpoint.side]: dispatcher } }),
        }),
      );
      if (report === undefined) {
        const last = [...kestra.requests, ...catalog.requests.slice(earlier)]
          .filter(({ status }) => status === 0)
          .at(-1);
        problems.push(`hangs; last unanswered: ${last ? `${last.method} ${last.path}` : 'none'}`);
      } else {
        const actual = snapshotOf(catalog);
        problems.push(...judge({ report, actual, wanted, before, isLie }));
        faulty.setFaults([]);
        const next = await untilHanging((signal) => run({ ...sides, signal }));
        // A write that was said to be done, and was not, is not done again.
        const isForgotten = isLie && endpoint.method !== 'GET';
        const healed =
          next && !isForgotten && judge({ report: next, actual: snapshotOf(catalog), wanted, before, isLie: false });
        if (next?.outcome !== 'done') problems.push(`the next run is ${next?.outcome ?? 'hanging'}`);
        for (const problem of healed || []) problems.push(`after the next run: ${problem}`);
      }
      await Promise.all([kestra.close(), catalog.close(), dispatcher?.destroy()]);
      return { name, outcome: report?.outcome ?? 'hangs', problems, ms: performance.now() - start };
    },
  };
}

async function freePort(): Promise<number> {
  const { startOpenMetadataSandbox } = await import('@flowmeta/sandbox');
  const probe = await startOpenMetadataSandbox();
  await probe.close();
  return Number(new URL(probe.url).port);
}
