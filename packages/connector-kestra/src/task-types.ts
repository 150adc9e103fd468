const flowTasks = 'io.kestra.plugin.core.flow.';
const oldFlowTasks = 'io.kestra.core.tasks.flows.';
const renamedFlowTasks: Record<string, string> = { Flow: 'Subflow', Worker: 'WorkingDirectory', WaitFor: 'LoopUntil' };

/** The name of a flow-control type without its package, e.g. `Parallel`; `undefined` for every other type. */
export function flowTaskName(type: string): string | undefined {
  for (const prefix of [flowTasks, oldFlowTasks]) {
    if (type.startsWith(prefix)) return renamedFlowTasks[type.slice(prefix.length)] ?? type.slice(prefix.length);
  }
  return undefined;
}
