import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunReport } from '@flowmeta/connector';

const bin = fileURLToPath(new URL('../../../apps/runner/bin/flowmeta.mjs', import.meta.url));

interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the built `flowmeta` command in a process of its own, at the given time, with an empty environment but for it. */
function flowmeta(args: string[], options: { now?: string; env?: Record<string, string> } = {}) {
  return new Promise<CommandResult>((resolve) => {
    execFile(
      process.execPath,
      [bin, ...args],
      {
        env: { PATH: process.env.PATH, ...(options.now ? { FLOWMETA_NOW: options.now } : {}), ...options.env },
        maxBuffer: 256 * 1024 * 1024,
      },
      (error, stdout, stderr) =>
        resolve({ code: error ? ((error as { code?: number }).code ?? -1) : 0, stdout, stderr }),
    );
  });
}

export interface ConfigOptions {
  kestra: { url: string; username?: string; password?: string };
  openMetadata: { url: string; token: string };
  service: string;
  filter?: { includes?: string[]; excludes?: string[] };
  lookbackDays?: number;
  /** Further keys of `sourceConfig.config`. */
  sourceConfig?: Record<string, unknown>;
}

/** The config that a user of OpenMetadata's ingestion framework would write. */
function configYaml({ kestra, openMetadata, service, filter, lookbackDays, sourceConfig }: ConfigOptions): string {
  return JSON.stringify(
    {
      source: {
        type: 'kestra',
        serviceName: service,
        serviceConnection: {
          config: {
            type: 'Kestra',
            hostPort: kestra.url,
            tenantId: 'main',
            ...(kestra.username ? { username: kestra.username, password: kestra.password } : {}),
          },
        },
        sourceConfig: {
          config: {
            type: 'PipelineMetadata',
            statusLookbackDays: lookbackDays ?? 7,
            ...(filter ? { pipelineFilterPattern: filter } : {}),
            ...sourceConfig,
          },
        },
      },
      sink: { type: 'metadata-rest', config: {} },
      workflowConfig: {
        loggerLevel: 'INFO',
        openMetadataServerConfig: {
          hostPort: `${openMetadata.url}/api`,
          authProvider: 'openmetadata',
          securityConfig: { jwtToken: openMetadata.token },
        },
      },
    },
    null,
    2,
  );
}

/** Runs `flowmeta ingest --json` with the config and answers its report. */
export async function ingest(options: ConfigOptions & { now: string; args?: string[] }) {
  const folder = mkdtempSync(join(tmpdir(), 'flowmeta-acceptance-'));
  try {
    const config = join(folder, 'config.yaml');
    writeFileSync(config, configYaml(options));
    const result = await flowmeta(['ingest', '-c', config, '--json', ...(options.args ?? [])], { now: options.now });
    const report = result.stdout ? (JSON.parse(result.stdout) as RunReport) : undefined;
    return { ...result, report };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
