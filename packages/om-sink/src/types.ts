import type { HttpAttempt, HttpAvailability, HttpClientOptions, RetryPolicy, TlsOptions } from '@flowmeta/http';
import type {
  Capabilities,
  DatasetLookup,
  DatasetType,
  EdgeDraft,
  PipelineDraft,
  PipelineStatus,
} from '@flowmeta/om-mapper';
import type { DatabaseAvailability, OutagePatience } from './client/outage.js';

export interface OmClientOptions {
  /** With or without `/api`; `/api/v1` and trailing slashes are cut off. */
  hostPort: string;
  /** The bot's JWT. */
  jwtToken?: string;
  tls?: TlsOptions;
  /** Per request, ms; default 60_000. */
  timeoutMs?: number;
  /** No request goes on after this instant, epoch ms. */
  deadline?: number;
  retry?: Partial<RetryPolicy>;
  /** Requests under way at a time; default 8. */
  concurrency?: number;
  /** Tries that may begin per second, after a first burst of as many; default no limit. */
  requestsPerSecond?: number;
  /** When OpenMetadata counts as gone, and how long it is waited for; see `@flowmeta/http`. */
  circuit?: HttpClientOptions['circuit'];
  extraHeaders?: Record<string, string>;
  proxy?: HttpClientOptions['proxy'];
  userAgent?: string;
  dispatcher?: HttpClientOptions['dispatcher'];
  onAttempt?: (attempt: HttpAttempt) => void;
  /** Called when requests begin to wait, for a server that is gone or for its database, and when it answers again. */
  onAvailability?: (change: HttpAvailability | DatabaseAvailability) => void;
  /** How long a request waits for a database that comes back (OM fact 4); about two minutes by default. */
  outage?: OutagePatience;
  /** Ends every request. */
  signal?: AbortSignal;
}

export interface SinkOptions {
  /** Name of the pipeline service that is filled; made when it is absent. */
  service: string;
  /** Shown on the service when it is made. */
  serviceDescription?: string;
  /**
   * The classification that holds our tags. With it, tags of it that the source no longer has are taken away from a
   * pipeline; other tags, and those that a person added by hand, always stay.
   */
  classification?: string;
  /**
   * Also replaces what people edited: description, display name, owners, lineage edges; default false. Then every pipeline is
   * read before it is called unchanged. A soft-deleted pipeline stays deleted all the same.
   */
  overrideMetadata?: boolean;
  /** `auto`: bulk where the server has it and there is more than one status; default `auto`. */
  statusMode?: 'auto' | 'single' | 'bulk';
  signal?: AbortSignal;
}

/** `kept`: left as it is for a person's or another tool's sake: a soft-deleted pipeline, a hand-drawn edge. */
export type WriteOutcome = 'created' | 'updated' | 'unchanged' | 'kept' | 'failed';

/** A pipeline of the service that Flowmeta wrote: `name`, `namespace` and link as a connector told them. */
export interface OwnPipeline {
  name: string;
  fqn: string;
  namespace?: string;
  sourceUrl?: string;
}

export interface SinkServer {
  capabilities: Capabilities;
  /** As the server has it; absent for a file. */
  version?: string;
  /** The service's FQN. */
  service: string;
  /** Pipelines that the service already holds. */
  knownPipelines: number;
}

/** Something that the user should read: what it is about, what happened, what to do. */
export interface SinkFinding {
  ref: string;
  message: string;
  hint?: string;
  /** Something of the source is missing in the catalog because of it: the run is not whole. */
  lost?: true;
}

/** What the catalog has for a dataset of the source. Never a guess. */
export type DatasetMatch =
  | { kind: 'found'; type: DatasetType; fqn: string }
  /** `tried`: names that were asked for, a few of them; `services`: where. `isUnsure`: too much was there to look at all of it. */
  | { kind: 'missing'; tried: string[]; services: string[]; isUnsure?: true }
  | { kind: 'ambiguous'; candidates: string[] }
  /** The catalog could not be asked. */
  | { kind: 'failed'; finding: SinkFinding };

/** An edge of the catalog that Flowmeta drew from a definition. `pipeline` is the FQN of the one in between. */
export interface StoredEdge {
  from: EdgeDraft['from'];
  to: EdgeDraft['to'];
  pipeline?: string;
}

/**
 * Compares drafts with the catalog and writes the difference. The caller keeps the order: `open`, a pipeline before its
 * statuses, edges after both their ends. Calls for different pipelines may run side by side. Only errors that end the
 * run are thrown (with verdict `fatal`); whatever concerns one item is in its result.
 */
export interface Sink {
  /** e.g. `OpenMetadata at https://om.example.com`. */
  readonly description: string;
  /** Probes the version, finds or makes the service, lists what it holds. */
  open(): Promise<SinkServer>;
  /**
   * What the catalog has of a pipeline, by its name in the model. `hash` changes with each write of ours that changes something; it
   * is absent where somebody else wrote it, or where it would have to be read to be called unchanged (`overrideMetadata`).
   */
  stored?(pipeline: string): Promise<{ id: string; hash?: string; deleted: boolean } | undefined>;
  /** `isPartial`: something of it was left out for a failure that `summary` tells, so that it has to be written again. */
  writePipeline(draft: PipelineDraft): Promise<{
    outcome: WriteOutcome | 'restored';
    fqn?: string;
    findings: SinkFinding[];
    isPartial?: true;
  }>;
  /**
   * Statuses of one pipeline, by its name in the model, that has been written or was there at `open`. Compared with what
   * the catalog has in their window first, except for pipelines that this run has created. Those of a soft-deleted
   * pipeline are left alone and count as unchanged.
   */
  writeStatuses(
    pipeline: string,
    statuses: PipelineStatus[],
  ): Promise<{ created: number; updated: number; unchanged: number; failed: number; findings: SinkFinding[] }>;
  /**
   * One edge per pair of ends; of several pipelines that move the same data, the one that the catalog names stays. Columns
   * are checked against both tables. `mayReplace` says of another pipeline (by its FQN) that it no longer moves this data.
   */
  writeEdge(
    edge: EdgeDraft,
    options?: { mayReplace?: (pipeline: string) => boolean },
  ): Promise<{ outcome: WriteOutcome; findings: SinkFinding[] }>;
  /** The entity that a dataset of the source is. Asked once per lookup; soft-deleted ones don't count. */
  findDataset(lookup: DatasetLookup): Promise<DatasetMatch>;
  /** The entity of this FQN, of the first of the types that has one. */
  findEntity(fqn: string, types: readonly DatasetType[]): Promise<DatasetMatch>;
  /** The FQN of a pipeline of another service, by its name in the model; the first of the services that has it. */
  findPipeline(name: string, services: readonly string[]): Promise<string | undefined>;
  /**
   * The pipelines of the service that Flowmeta wrote, without soft-deleted ones and those that this run has created: only
   * between these can there be an edge of an earlier run. `namespace` as it was last written.
   */
  earlierPipelines(): Iterable<{ fqn: string; namespace?: string }>;
  /**
   * Takes away edges of one of `earlierPipelines` if Flowmeta drew them from a definition and `isStale` says so: those to another
   * of them, those between it and a dataset, and with `datasets` those between datasets that name it. One request to read them,
   * if they weren't read for `writeEdge`, and one for each dataset that seems to start a stale edge.
   */
  removeEdges(
    pipeline: string,
    isStale: (edge: StoredEdge) => boolean,
    options?: { datasets?: boolean },
  ): Promise<{ removed: number; failed: number; findings: SinkFinding[] }>;
  /**
   * The pipelines of the service that Flowmeta wrote, as they were last written. Without those that this run has created, that are
   * soft-deleted, or that a person restored after Flowmeta had deleted them.
   */
  ownPipelines(): Iterable<OwnPipeline>;
  /**
   * Soft-deletes one of `ownPipelines`, marked so that `writePipeline` restores it once the source has it again. `kept`: it is
   * gone, or somebody else's by now.
   */
  removePipeline(fqn: string): Promise<{ outcome: 'deleted' | 'kept' | 'failed'; findings: SinkFinding[] }>;
  /** What only the sink knows at the end. */
  summary(): { tagsCreated: number; findings: SinkFinding[] };
  close(): Promise<void>;
}
