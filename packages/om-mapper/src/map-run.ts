import type { Run, RunState, TaskRun } from '@flowmeta/connector';
import type { Capabilities, PipelineStatus, StatusType, TaskStatus } from './types.js';
import { webUrl } from './urls.js';

export interface MapRunOptions {
  /** `PipelineDraft.taskNames` of the run's pipeline: a status that names another task is refused (OM fact 17). */
  taskNames: ReadonlyMap<string, string>;
  capabilities: Capabilities;
  /** The status's key within its pipeline, ms; default the run's start. See `distinctTimestamps`. */
  timestamp?: number;
}

const statusTypes: Record<RunState, StatusType> = {
  queued: 'Pending',
  running: 'Pending',
  paused: 'Pending',
  unknown: 'Pending',
  succeeded: 'Successful',
  warning: 'Successful',
  failed: 'Failed',
  cancelled: 'Failed',
  skipped: 'Skipped',
};

function statusType(state: RunState, capabilities: Capabilities): StatusType {
  const type = statusTypes[state] ?? 'Pending';
  return type === 'Skipped' && !capabilities.skippedStatus ? 'Successful' : type;
}

/**
 * The status of one run. Tasks that the pipeline doesn't have are left out, the others have the pipeline's order.
 * A log link that is no URI is left out. Servers before 1.3 have no `Skipped`: it becomes `Successful` there.
 */
export function mapRun(run: Run, options: MapRunOptions): PipelineStatus {
  const { taskNames, capabilities, timestamp = run.startedAt } = options;
  const taskRuns = new Map(run.taskRuns.map((taskRun) => [taskRun.task, taskRun]));
  const taskStatus: TaskStatus[] = [];
  const context = { capabilities, linkOf: createLinkReader() };
  for (const [task, legal] of taskNames) {
    const taskRun = taskRuns.get(task);
    if (taskRun !== undefined) taskStatus.push(taskStatusOf(taskRun, legal, context));
  }
  return {
    timestamp,
    executionStatus: statusType(run.state, capabilities),
    taskStatus,
    ...(capabilities.statusDetails
      ? {
          executionId: run.id,
          ...(run.endedAt === undefined ? {} : { endTime: run.endedAt }),
          ...(run.revision === undefined ? {} : { version: run.revision }),
        }
      : {}),
  };
}

interface TaskStatusContext {
  capabilities: Capabilities;
  linkOf: (url: string | undefined) => string | undefined;
}

function taskStatusOf(taskRun: TaskRun, name: string, { capabilities, linkOf }: TaskStatusContext): TaskStatus {
  // Assigned, not spread: there are very many task runs.
  const status: TaskStatus = { name, executionStatus: statusType(taskRun.state, capabilities) };
  if (taskRun.startedAt !== undefined) status.startTime = taskRun.startedAt;
  if (taskRun.endedAt !== undefined) status.endTime = taskRun.endedAt;
  const logLink = linkOf(taskRun.url);
  if (logLink !== undefined) status.logLink = logLink;
  return status;
}

/** The tasks of one run often share their link: it is looked at once. */
function createLinkReader(): TaskStatusContext['linkOf'] {
  let last: { url: string | undefined; link: string | undefined } = { url: undefined, link: undefined };
  return (url) => {
    if (url !== last.url) last = { url, link: webUrl(url) };
    return last.link;
  };
}
