import { hintOf, type SourceEvent, VerdictError } from '@flowmeta/connector';
import type { FailureStreak } from '@flowmeta/connector/reading';
import type { KestraClient, KestraFlow } from '@flowmeta/kestra-client';
import { schedulesOf } from './schedules.js';

/** What somebody switched off in the UI, which definitions don't show. */
export interface Switches {
  /** By `switchKey`, whether a trigger is off. */
  isOff: Map<string, boolean>;
  /** Triggers that the list of all lacks, though Kestra has them. */
  unlisted: number;
  /** Pipelines that are skipped because of them, though all else is known, lineage too. */
  skipped: Set<string>;
  /** Why they are not known. No schedule can be told then: one that is off would be shown as one that is in force. */
  failure?: Error;
}

export const switchKey = ({ namespace, flowId, triggerId }: Record<'namespace' | 'flowId' | 'triggerId', string>) =>
  JSON.stringify([namespace, flowId, triggerId]);

export const noSwitches = (): Switches => ({ isOff: new Map(), unlisted: 0, skipped: new Set() });

/** Fills `switches`; a failure is a warning here, and costs the pipelines that have a schedule. */
export async function* readSwitches(
  client: KestraClient,
  search: { namespace?: string; signal: AbortSignal },
  switches: Switches,
): AsyncGenerator<SourceEvent> {
  try {
    for await (const trigger of client.triggers(search)) switches.isOff.set(switchKey(trigger), trigger.disabled);
  } catch (cause) {
    search.signal.throwIfAborted();
    switches.failure = unknownSwitches(cause);
    const said = (cause as Error).message;
    yield {
      kind: 'warning',
      message: `Triggers that were switched off in the UI are not known, so pipelines with a schedule are left as they are: ${said}`,
    };
  }
}

/**
 * Asks for the triggers of one flow if the list of all lacks one of its schedules. Every version lists each of them (Kestra fact 9), but
 * for those of a flow that it can't parse (fact 25): a list without it is cut short, or the schedule is too new to have a switch.
 * Answers with why they are not known.
 */
export async function completeSwitches(
  { namespace, id: flowId, triggers, exception }: KestraFlow,
  {
    client,
    requests,
    switches,
    signal,
  }: { client: KestraClient; requests: FailureStreak; switches: Switches; signal: AbortSignal },
): Promise<VerdictError | undefined> {
  const isListed = ({ id: triggerId }: { id: string }): boolean =>
    switches.isOff.has(switchKey({ namespace, flowId, triggerId }));
  if (switches.failure || schedulesOf(triggers, () => false).every(isListed)) return undefined;
  const lookup: Promise<SwitchRow[] | VerdictError> = client.flowTriggers(namespace, flowId, { signal });
  const found = await requests.guard(lookup, unknownSwitches);
  if (!Array.isArray(found)) return found;
  for (const trigger of found) {
    if (exception === undefined && !isListed({ id: trigger.triggerId })) switches.unlisted += 1;
    switches.isOff.set(switchKey(trigger), trigger.disabled);
  }
  return undefined;
}

type SwitchRow = Awaited<ReturnType<KestraClient['flowTriggers']>>[number];

function unknownSwitches(cause: unknown): VerdictError {
  const hint = hintOf(cause);
  const message = `whether its schedules are switched off could not be read: ${(cause as Error).message}`;
  return new VerdictError(message, { verdict: 'skip', cause, ...(hint !== undefined && { hint }) });
}
