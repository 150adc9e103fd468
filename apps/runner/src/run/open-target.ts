import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { knownVersions } from '@flowmeta/om-mapper';
import {
  type Audit,
  createDryRunClient,
  createFileSink,
  createOmClient,
  createOpenMetadataSink,
  type OmClient,
  type OmClientOptions,
  type Sink,
} from '@flowmeta/om-sink';
import type { LoadedConfig } from '../config/load-config.js';
import type { Host } from '../host.js';
import { UsageError } from '../usage-error.js';
import { proxyOf, userAgent } from './open-source.js';

export interface OpenTargetOptions {
  host: Host;
  dryRun: boolean;
  signal: AbortSignal;
  onAttempt: NonNullable<OmClientOptions['onAttempt']>;
  onAvailability?: NonNullable<OmClientOptions['onAvailability']>;
  /** Follows what is written. */
  audit?: Pick<Audit, 'over'> | undefined;
}

export interface Target {
  kind: 'openmetadata' | 'file';
  sink: Sink;
}

/** Opens what the config says the metadata goes to. */
export async function openTarget(config: LoadedConfig, options: OpenTargetOptions): Promise<Target> {
  const { source, sink } = config.workflow;
  const sinkOptions = {
    service: source.serviceName,
    serviceDescription: `Pipelines of ${config.connector.title}, brought in by Flowmeta.`,
    classification: classificationOf(config),
    overrideMetadata: source.sourceConfig?.config?.overrideMetadata ?? false,
    signal: options.signal,
  };
  if (sink?.type === 'file') {
    if (options.audit) {
      throw new UsageError(
        '--audit-log needs OpenMetadata',
        `The file ${sink.config.filename} has each request already.`,
      );
    }
    const file = await openFile(sink.config.filename, options);
    const version = sink.config.openMetadataVersion ?? knownVersions.at(-1)!;
    const fileSink = createFileSink({ ...sinkOptions, write: file.write, version, description: sink.config.filename });
    const close = async () => {
      await fileSink.close();
      await file.close();
    };
    return { kind: 'file', sink: { ...fileSink, close } };
  }
  const server = openClient(config, options);
  const client = options.dryRun ? createDryRunClient(server) : server;
  return { kind: 'openmetadata', sink: createOpenMetadataSink(options.audit?.over(client) ?? client, sinkOptions) };
}

/** A client for the OpenMetadata server of the config. */
export function openClient(
  config: LoadedConfig,
  { host, signal, onAttempt, onAvailability }: Pick<OpenTargetOptions, 'host' | 'signal'> & Partial<OpenTargetOptions>,
): OmClient {
  const server = config.workflow.workflowConfig.openMetadataServerConfig;
  if (!server) throw new UsageError('workflowConfig.openMetadataServerConfig is missing');
  const { caCertificate, certificatePath, sslCertificate, sslKey } = server.sslConfig ?? {};
  const ca = caCertificate ?? certificatePath;
  return createOmClient({
    hostPort: server.hostPort,
    ...(server.securityConfig ? { jwtToken: server.securityConfig.jwtToken } : {}),
    tls: {
      verify: server.verifySSL !== 'ignore',
      ...(ca ? { ca } : {}),
      ...(sslCertificate ? { cert: sslCertificate } : {}),
      ...(sslKey ? { key: sslKey } : {}),
    },
    ...(server.extraHeaders ? { extraHeaders: server.extraHeaders } : {}),
    ...(server.concurrency == null ? {} : { concurrency: server.concurrency }),
    ...(server.requestsPerSecond == null ? {} : { requestsPerSecond: server.requestsPerSecond }),
    proxy: proxyOf(host.environment),
    userAgent: userAgent(),
    signal,
    ...(onAttempt ? { onAttempt } : {}),
    ...(onAvailability ? { onAvailability } : {}),
  });
}

/** The classification that holds the tags made from labels, e.g. `KestraLabels`. */
export function classificationOf({ connector }: LoadedConfig): string {
  return `${connector.title.replace(/\W+/g, '')}Labels`;
}

/** A dry run writes no file either. */
async function openFile(filename: string, { host, dryRun }: OpenTargetOptions) {
  if (dryRun) return { write: () => undefined, close: async () => undefined };
  try {
    const file = await open(resolve(host.directory, filename), 'w');
    return {
      write: async (line: string) => {
        await file.appendFile(`${line}\n`);
      },
      close: () => file.close(),
    };
  } catch (error) {
    throw new UsageError(
      `the file ${filename} can not be written (${(error as NodeJS.ErrnoException).code})`,
      'Name a file in an existing directory in sink.config.filename.',
    );
  }
}
