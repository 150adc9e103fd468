const core = 'io.kestra.plugin.core.';

/** Classes that changed their name, not only their package. */
const renamed = new Map<string, string>([
  ['io.kestra.core.tasks.flows.Flow', `${core}flow.Subflow`],
  ['io.kestra.core.tasks.flows.Worker', `${core}flow.WorkingDirectory`],
  ['io.kestra.core.tasks.flows.WaitFor', `${core}flow.LoopUntil`],
  [`${core}flow.WaitFor`, `${core}flow.LoopUntil`],
  ['io.kestra.core.tasks.executions.Counts', `${core}execution.Count`],
  [`${core}execution.Counts`, `${core}execution.Count`],
  ['io.kestra.core.tasks.storages.Purge', `${core}execution.PurgeExecutions`],
  [`${core}storage.Purge`, `${core}execution.PurgeExecutions`],
  ['io.kestra.core.tasks.storages.PurgeExecution', `${core}storage.PurgeCurrentExecutionFiles`],
  [`${core}storage.PurgeExecution`, `${core}storage.PurgeCurrentExecutionFiles`],
  ['io.kestra.plugin.fs.http.Download', `${core}http.Download`],
  ['io.kestra.plugin.fs.http.Request', `${core}http.Request`],
  ['io.kestra.plugin.fs.http.Trigger', `${core}http.Trigger`],
]);

const packages: [string, string][] = [
  ['io.kestra.core.tasks.flows.', `${core}flow.`],
  ['io.kestra.core.tasks.debugs.', `${core}debug.`],
  ['io.kestra.core.tasks.log.', `${core}log.`],
  ['io.kestra.core.tasks.executions.', `${core}execution.`],
  ['io.kestra.core.tasks.states.', `${core}state.`],
  ['io.kestra.core.tasks.storages.', `${core}storage.`],
  ['io.kestra.core.tasks.templating.', `${core}templating.`],
  ['io.kestra.core.tasks.trigger.', `${core}trigger.`],
  ['io.kestra.core.models.triggers.types.', `${core}trigger.`],
];

const conditionPackages = ['io.kestra.core.models.conditions.types.', `${core}condition.`];
/** These keep their suffix in every version. */
const suffixed = new Set(['FlowCondition', 'FlowNamespaceCondition', 'MultipleCondition']);

function canonicalCondition(name: string): string {
  if (suffixed.has(name)) return name;
  const bare = name.replace(/Condition$/, '');
  return bare === 'Variable' ? 'Expression' : bare;
}

/**
 * The one spelling of a task, trigger or condition type: Kestra returns the alias that the author wrote, and conditions
 * lost their suffix in 0.20. Types that have no alias come back as they are.
 */
export function canonicalType(type: string): string {
  const known = renamed.get(type);
  if (known !== undefined) return known;
  for (const prefix of conditionPackages) {
    if (type.startsWith(prefix)) return `${core}condition.${canonicalCondition(type.slice(prefix.length))}`;
  }
  for (const [old, current] of packages) {
    if (type.startsWith(old)) return current + type.slice(old.length);
  }
  return type;
}

/** Makes every `type` in a freshly parsed definition canonical, at any depth, in place. */
export function canonicaliseTypes(value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) canonicaliseTypes(item);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const record = value as Record<string, unknown>;
  for (const key in record) {
    const inner = record[key];
    if (key === 'type' && typeof inner === 'string') record[key] = canonicalType(inner);
    else if (typeof inner === 'object') canonicaliseTypes(inner);
  }
}
