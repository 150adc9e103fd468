import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A connector as a package has it, in plain JavaScript. `behaviour` is a config option that makes it misbehave. */
export const acmeSource = `
import { z } from 'zod';

const pipeline = (name) => ({
  name, enabled: true, tasks: [], edges: [], schedules: [], labels: [], owners: [], inputs: [],
});

export default {
  specVersion: 1,
  name: 'acme',
  title: 'Acme',
  description: 'Reads the jobs of an Acme server.',
  configSchema: z.strictObject({
    hostPort: z.url().describe('Address of the Acme server.'),
    token: z.string().nullish().describe('Signs in.').meta({ secret: true }),
    pageSize: z.int().default(10).describe('Jobs per request.'),
    mode: z.enum(['all', 'some']).nullish(),
    filter: z.strictObject({ names: z.array(z.string()).nullish() }).nullish(),
    count: z.int().default(3),
    behaviour: z.string().nullish(),
  }),
  examples: [{ title: 'Smallest', config: { hostPort: 'https://acme.example.com' } }],
  capabilities: { runs: true },
  open(config, context) {
    let closed = false;
    context.debug?.('opened for ' + context.serviceName);
    return {
      specVersion: 1,
      name: 'acme',
      capabilities: { runs: true },
      async *check() {
        yield { name: 'reach', status: 'passed', message: config.hostPort + ' at ' + context.now() };
        if (config.behaviour === 'crash in check') process.exit(7);
      },
      async *read({ signal, known, since }) {
        context.onAvailability?.({ available: true, afterMs: 5 });
        for (let index = 0; index < config.count; index += 1) {
          signal?.throwIfAborted();
          if (closed) return;
          context.onRequest?.({ method: 'GET', path: '/jobs/' + index, status: 200, attempt: 1, ms: 1, willRetry: false });
          const name = 'job' + index;
          const remembered = await known?.(name, 'f' + index);
          if (remembered) yield { kind: 'unchanged', pipeline: { name, enabled: true, tasks: remembered.tasks } };
          else yield { kind: 'pipeline', pipeline: pipeline(name) };
          globalThis.acmeYielded = index + 1;
        }
        switch (config.behaviour) {
          case 'exit': process.exit(0);
          case 'throw later': setTimeout(() => { throw new Error('thrown by nobody'); }); await new Promise(() => {});
          case 'memory': { const kept = []; for (;;) kept.push(new Array(100_000).fill(kept.length + 0.5)); }
          case 'loop': for (;;);
          case 'silence': await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
          case 'wait': await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
          case 'odd': yield { kind: 'warning', message: () => 'a function' };
          case 'fatal': {
            const error = Object.assign(new Error('no such tenant'), { hint: 'Check tenantId.', kind: 'tenant', status: 404 });
            Object.defineProperty(error, Symbol.for('flowmeta.verdict'), { value: 'fatal' });
            throw error;
          }
          case 'skip': {
            const error = new Error('is broken');
            Object.defineProperty(error, Symbol.for('flowmeta.verdict'), { value: 'skip' });
            yield { kind: 'skipped', ref: 'job9', error };
          }
        }
        yield { kind: 'warning', message: 'yielded ' + globalThis.acmeYielded + ' since ' + since };
        yield { kind: 'listed', scope: {} };
      },
      async countRuns(windows, { namespaces = [] } = {}) {
        return windows.map(({ since, until }) => ({ runs: until - since, requests: namespaces.length }));
      },
      async tenants() {
        return ['a', 'b'];
      },
      async exists({ name }) {
        if (name === 'crash') process.exit(1);
        return name === 'job0' ? 'present' : 'absent';
      },
      async close() {
        closed = true;
      },
    };
  },
};
`;

export interface FixturePackage {
  name: string;
  /** Contents of its index.js; default the connector above. */
  source?: string;
  manifest?: object;
}

/** A directory with packages in its node_modules. */
export async function directoryWith(...packages: FixturePackage[]) {
  const directory = await mkdtemp(join(tmpdir(), 'flowmeta-registry-'));
  const modules = join(directory, 'node_modules');
  await mkdir(modules);
  await symlink(dirname(createRequire(import.meta.url).resolve('zod/package.json')), join(modules, 'zod'));
  for (const { name, source = acmeSource, manifest = {} } of packages) {
    const folder = join(modules, name);
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ name, version: '1.2.3', type: 'module', exports: { import: './index.js' }, ...manifest }),
    );
    await writeFile(join(folder, 'index.js'), source);
  }
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
