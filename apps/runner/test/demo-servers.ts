import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  demoDataset,
  type OpenMetadataSandboxOptions,
  startKestraSandbox,
  startOpenMetadataSandbox,
} from '@flowmeta/sandbox';
import { runCli } from '../src/cli.js';
import { fakeHost, run } from './fake-host.js';

export const password = 'correct-horse-battery';

/** Both stand-ins with the demo's data, and a directory with a config `kestra.yaml` between them. */
export async function startDemoServers(options: OpenMetadataSandboxOptions = {}) {
  const dataset = demoDataset();
  const takenAt = Date.parse(dataset.takenAt);
  const now = () => takenAt;
  const directory = await mkdtemp(join(tmpdir(), 'flowmeta-'));
  const kestra = await startKestraSandbox({ dataset, now, auth: { kind: 'basic', username: 'ana', password } });
  const openMetadata = await startOpenMetadataSandbox({ now, ...options });
  const host = { directory, environment: { KESTRA_PASSWORD: password }, from: takenAt };

  const writeConfig = (change: { workflowConfig?: object } & Record<string, unknown> = {}) =>
    writeFile(
      join(directory, 'kestra.yaml'),
      JSON.stringify({
        source: {
          type: 'kestra',
          serviceName: 'kestra_prod',
          serviceConnection: {
            config: { type: 'Kestra', hostPort: kestra.url, username: 'ana', password: '$KESTRA_PASSWORD' },
          },
          sourceConfig: { config: { type: 'PipelineMetadata', statusLookbackDays: 45 } },
        },
        ...change,
        workflowConfig: {
          openMetadataServerConfig: {
            hostPort: `${openMetadata.url}/api`,
            securityConfig: { jwtToken: openMetadata.token },
          },
          ...change.workflowConfig,
        },
      }),
    );
  await writeConfig();
  return {
    dataset,
    takenAt,
    directory,
    kestra,
    openMetadata,
    writeConfig,
    ingest: (...args: string[]) => run(['ingest', '-c', 'kestra.yaml', ...args], host),
    /** A run that the test may interrupt. */
    begin(...args: string[]) {
      const { host: fake, written, interrupt } = fakeHost(host);
      return { exitCode: runCli(['ingest', '-c', 'kestra.yaml', ...args], fake), written, interrupt };
    },
    file: (name: string) => readFile(join(directory, name), 'utf8'),
    close: () => Promise.all([kestra.close(), openMetadata.close()]),
  };
}
