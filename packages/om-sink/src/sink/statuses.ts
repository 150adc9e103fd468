import { type Capabilities, type PipelineStatus, type StoredStatus, statusEquals } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import { OpenMetadataError, verdictOf } from '../client/error.js';
import { isUnknownPath } from '../client/error-message.js';
import type { Sink, SinkFinding, SinkOptions } from '../types.js';
import type { KnownPipeline } from './catalog-index.js';
import { distinctFindings, findingOf } from './findings.js';

type StatusResult = Awaited<ReturnType<Sink['writeStatuses']>>;

const bulkCount = 100;
/** Proxies in front of OpenMetadata often refuse bodies above 1 MB. */
const bulkBytes = 400_000;

export interface StatusWriter {
  write(
    pipeline: { name: string; known: KnownPipeline; hasTasks: boolean },
    statuses: readonly PipelineStatus[],
  ): Promise<StatusResult>;
}

/** Writes the statuses of pipelines that the catalog has. */
export function createStatusWriter(context: {
  client: OmClient;
  capabilities: Capabilities;
  statusMode: NonNullable<SinkOptions['statusMode']>;
}): StatusWriter {
  const { client, capabilities, statusMode } = context;
  let bulkWorks = capabilities.bulkStatus && statusMode !== 'single';

  /** True when it is stored. */
  const writeOne = async (name: string, fqn: string, status: PipelineStatus, findings: SinkFinding[]) => {
    let body = status;
    for (;;) {
      try {
        await client.putStatus(fqn, body);
        return true;
      } catch (error) {
        const unknownTask = unknownTaskOf(error);
        if (unknownTask !== undefined && body.taskStatus.some((task) => task.name === unknownTask)) {
          // Every name once at most, so this ends.
          body = { ...body, taskStatus: body.taskStatus.filter((task) => task.name !== unknownTask) };
          const message = `OpenMetadata has no task ${unknownTask} in this pipeline, so runs are written without it`;
          findings.push({ ref: name, message });
          continue;
        }
        if (verdictOf(error) === undefined || verdictOf(error) === 'fatal') throw error;
        findings.push(findingOf(name, error));
        return false;
      }
    }
  };

  /** The statuses that are not stored. */
  const writeAll = async (name: string, fqn: string, statuses: readonly PipelineStatus[], findings: SinkFinding[]) => {
    const failed = new Set<PipelineStatus>();
    const single = async (batch: readonly PipelineStatus[]) => {
      await Promise.all(
        batch.map(async (status) => {
          if (!(await writeOne(name, fqn, status, findings))) failed.add(status);
        }),
      );
    };
    for (const batch of batches(statuses)) {
      const asBulk = bulkWorks && (batch.length > 1 || statusMode === 'bulk');
      if (!asBulk) {
        await single(batch);
        continue;
      }
      try {
        await client.putStatuses(fqn, batch);
      } catch (error) {
        if (verdictOf(error) === undefined || verdictOf(error) === 'fatal') throw error;
        if (isMissingEndpoint(error)) bulkWorks = false;
        // One status that is refused must not take the others with it.
        await single(batch);
      }
    }
    return failed;
  };

  return {
    async write({ name, known, hasTasks }, statuses) {
      const findings: SinkFinding[] = [];
      const distinct = [...new Map(statuses.map((status) => [status.timestamp, status])).values()]
        // A task of a pipeline without tasks is a 500 (OM fact 17).
        .map((status) => (hasTasks ? status : { ...status, taskStatus: [] }))
        .sort((a, b) => a.timestamp - b.timestamp);
      const doubled = statuses.length - distinct.length;
      if (doubled > 0) {
        const message =
          'Two runs have one timestamp, and OpenMetadata keeps one run per millisecond: the last one is written';
        findings.push({ ref: name, message });
      }

      const stored = known.created ? new Map<number, StoredStatus>() : await readStored(client, known.fqn, distinct);
      const changed = distinct.filter((status) => {
        const present = stored.get(status.timestamp);
        return present === undefined || !statusEquals(present, status);
      });
      const failed = await writeAll(name, known.fqn, changed, findings);
      const written = changed.filter((status) => !failed.has(status));
      const updated = written.filter(({ timestamp }) => stored.has(timestamp)).length;
      return {
        created: written.length - updated,
        updated,
        unchanged: distinct.length - changed.length,
        failed: failed.size + doubled,
        findings: distinctFindings(findings),
      };
    },
  };
}

async function readStored(
  client: OmClient,
  fqn: string,
  sorted: readonly PipelineStatus[],
): Promise<Map<number, StoredStatus>> {
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const stored = await client.getStatuses(fqn, { startTs: first.timestamp, endTs: last.timestamp });
  return new Map(stored.map((status) => [status.timestamp, status as StoredStatus]));
}

function* batches(statuses: readonly PipelineStatus[]): Generator<PipelineStatus[]> {
  let batch: PipelineStatus[] = [];
  let bytes = 0;
  for (const status of statuses) {
    // Roughly what JSON makes of it; exact to a factor is enough, and it spares a second serialisation.
    const size = 150 + 250 * status.taskStatus.length;
    if (batch.length === bulkCount || (batch.length > 0 && bytes + size > bulkBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(status);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function unknownTaskOf(error: unknown): string | undefined {
  if (!(error instanceof OpenMetadataError) || error.status !== 400) return undefined;
  return /^Invalid task name ([\s\S]+)$/.exec(error.message)?.[1];
}

function isMissingEndpoint(error: unknown): boolean {
  if (!(error instanceof OpenMetadataError)) return false;
  return (
    error.status === 405 ||
    isUnknownPath(error.message) ||
    (error.status === 404 && !error.message.includes('instance for'))
  );
}
