import { hintOf, type SourceEvent, VerdictError } from '@flowmeta/connector';
import type { KestraClient } from '@flowmeta/kestra-client';

/** What somebody switched off in the UI, which definitions don't show. */
export interface Switches {
  /** The `switchKey` of each trigger that is off. */
  off: Set<string>;
  /** Why they are not known. No schedule can be told then: one that is off would be shown as one that is in force. */
  failure?: Error;
}

export const switchKey = ({ namespace, flowId, triggerId }: Record<'namespace' | 'flowId' | 'triggerId', string>) =>
  JSON.stringify([namespace, flowId, triggerId]);

/** Fills `switches`; a failure is a warning here, and costs the pipelines that have a schedule. */
export async function* readSwitches(
  client: KestraClient,
  search: { namespace?: string; signal: AbortSignal },
  switches: Switches,
): AsyncGenerator<SourceEvent> {
  try {
    for await (const trigger of client.triggers(search)) if (trigger.disabled) switches.off.add(switchKey(trigger));
  } catch (cause) {
    search.signal.throwIfAborted();
    const said = (cause as Error).message;
    const hint = hintOf(cause);
    const message = `whether its schedules are switched off could not be read: ${said}`;
    switches.failure = new VerdictError(message, { verdict: 'skip', cause, ...(hint !== undefined && { hint }) });
    yield {
      kind: 'warning',
      message: `Triggers that were switched off in the UI are not known, so pipelines with a schedule are left as they are: ${said}`,
    };
  }
}
