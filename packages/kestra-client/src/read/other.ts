import { z } from 'zod';
import { unreadable } from '../kestra-error.js';
import type { KestraClient } from '../types.js';
import { present } from './values.js';

const text = z.string().nullish().catch(undefined);

const configs = z.object({
  version: z.string(),
  edition: text,
  isBasicAuthInitialized: z.boolean().nullish().catch(undefined),
  systemNamespace: text,
  hiddenLabelsPrefixes: z.array(z.string()).nullish().catch(undefined),
});
export type Configs = z.infer<typeof configs>;

/** What `/api/v1/configs` says; `undefined` when it is not Kestra that answers. */
export function readConfigs(value: unknown): Configs | undefined {
  return configs.safeParse(value).data;
}

const page = z.object({ results: z.array(z.unknown()), total: z.number() });

/** One page of a search. */
export function readPage(value: unknown): { results: unknown[]; total: number } {
  const parsed = page.safeParse(value);
  if (!parsed.success) throw unreadable('the answer to a search is no page of results with a total', 'fatal');
  return parsed.data;
}

const triggerContext = z.object({
  namespace: z.string(),
  flowId: z.string(),
  triggerId: z.string(),
  disabled: z.boolean().nullish(),
  nextExecutionDate: text,
  nextEvaluationDate: text,
});
const declaration = z
  .object({ disabled: z.boolean().nullish().catch(undefined) })
  .nullish()
  .catch(undefined);
/** `{abstractTrigger, triggerContext}` up to 1.3, `{trigger, state}` from 2.0. */
const triggerItem = z.union([
  z
    .object({ triggerContext, abstractTrigger: declaration })
    .transform((item) => ({ state: item.triggerContext, declared: item.abstractTrigger })),
  z
    .object({ state: triggerContext, trigger: declaration })
    .transform((item) => ({ state: item.state, declared: item.trigger })),
  // Of one flow, the state alone.
  triggerContext.transform((state) => ({ state, declared: undefined })),
]);

export type TriggerItem = ReturnType<KestraClient['triggers']> extends AsyncIterable<infer Item> ? Item : never;

export function readTriggerItem(value: unknown): TriggerItem {
  const parsed = triggerItem.safeParse(value);
  if (!parsed.success) throw unreadable('a trigger without namespace, flowId or triggerId');
  const { state, declared } = parsed.data;
  return present<TriggerItem>({
    namespace: state.namespace,
    flowId: state.flowId,
    triggerId: state.triggerId,
    // Switched off in the definition, or in the UI.
    disabled: state.disabled === true || declared?.disabled === true,
    nextDate: state.nextExecutionDate ?? state.nextEvaluationDate ?? undefined,
  });
}

const namespaceItem = z.object({ id: z.string(), disabled: z.boolean().nullish() });

export function readNamespace(value: unknown): { id: string; disabled: boolean } {
  const parsed = namespaceItem.safeParse(value);
  if (!parsed.success) throw unreadable('a namespace without id');
  return { id: parsed.data.id, disabled: parsed.data.disabled === true };
}

const tenantItem = z.object({ id: z.string().min(1), deleted: z.boolean().nullish() });

/** Of a list with one that can't be told, none is taken. */
export function readTenant(value: unknown): { id: string; deleted: boolean } {
  const parsed = tenantItem.safeParse(value);
  if (!parsed.success) throw unreadable('the list of tenants has one without id', 'fatal');
  return { id: parsed.data.id, deleted: parsed.data.deleted === true };
}

const pluginTypes = z.array(z.union([z.string(), z.object({ cls: z.string() })])).nullish();
const plugin = z.object({
  name: z.string(),
  group: text,
  version: text,
  manifest: z.object({ 'X-Kestra-Version': text }).nullish().catch(undefined),
  tasks: pluginTypes,
  triggers: pluginTypes,
  conditions: pluginTypes,
  aliases: z.array(z.string()).nullish().catch(undefined),
});
const plugins = z.union([
  z.array(plugin),
  z
    .object({ results: z.array(plugin), total: z.number().nullish() })
    // Of a part of the list, every other plugin would seem to be missing.
    .refine(({ results, total }) => results.length >= (total ?? 0))
    .transform(({ results }) => results),
]);

export type Plugins = Awaited<ReturnType<KestraClient['plugins']>>;

/** A list up to 1.3, a page with everything from 2.0; types are names, or objects with the name in `cls`. */
export function readPlugins(value: unknown): Plugins {
  const parsed = plugins.safeParse(value);
  if (!parsed.success) throw unreadable('the list of plugins has an unknown shape, or is not whole');
  return parsed.data.map((each) => {
    const tasks = typeNames(each.tasks);
    return present<Plugins[number]>({
      name: each.name,
      group: each.group ?? undefined,
      version: each.version ?? each.manifest?.['X-Kestra-Version'] ?? undefined,
      types: [...tasks, ...typeNames(each.triggers), ...typeNames(each.conditions)],
      tasks,
      aliases: each.aliases ?? [],
    });
  });
}

function typeNames(types: z.infer<typeof pluginTypes>): string[] {
  return (types ?? []).map((type) => (typeof type === 'string' ? type : type.cls));
}

const dependencies = z.object({
  nodes: z.array(z.object({ uid: z.string(), namespace: z.string(), id: z.string() })).nullish(),
  edges: z.array(z.object({ source: z.string(), target: z.string(), relation: text })).nullish(),
});

export type Dependencies = Awaited<ReturnType<KestraClient['dependencies']>>;

/** Old servers repeat nodes (Kestra fact 10). */
export function readDependencies(value: unknown): Dependencies {
  const parsed = dependencies.safeParse(value);
  if (!parsed.success) throw unreadable('the dependencies of a flow have an unknown shape');
  const nodes = new Map((parsed.data.nodes ?? []).map((node) => [node.uid, node]));
  const edges = new Map(
    (parsed.data.edges ?? []).map(({ source, target, relation }) => [
      JSON.stringify([source, target, relation]),
      { source, target, relation: relation ?? '' },
    ]),
  );
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

const latest = z.array(
  z.object({ id: z.string(), namespace: z.string(), flowId: z.string(), startDate: text, status: z.string() }),
);

export type LatestExecutions = Awaited<ReturnType<KestraClient['latestExecutions']>>;

export function readLatestExecutions(value: unknown): LatestExecutions {
  const parsed = latest.safeParse(value);
  if (!parsed.success) throw unreadable('the latest executions have an unknown shape');
  return parsed.data.map(({ startDate, ...rest }) => (typeof startDate === 'string' ? { ...rest, startDate } : rest));
}

const logs = z.array(z.object({ timestamp: text, level: text, taskId: text, message: text }));

export type LogEntries = Awaited<ReturnType<KestraClient['logs']>>;

export function readLogs(value: unknown): LogEntries {
  const parsed = logs.safeParse(value);
  if (!parsed.success) throw unreadable('the logs of an execution have an unknown shape');
  return parsed.data.map((entry) =>
    present<LogEntries[number]>({
      timestamp: entry.timestamp ?? undefined,
      level: entry.level ?? undefined,
      taskId: entry.taskId ?? undefined,
      message: entry.message ?? undefined,
    }),
  );
}

const outputs = z.array(z.unknown());

export function readOutputs(value: unknown): unknown[] {
  const parsed = outputs.safeParse(value);
  if (!parsed.success) throw unreadable('the outputs of an execution are no list');
  return parsed.data;
}
