import type { Edge } from '@flowmeta/graph-core';

/**
 * An order in which every edge goes forward, except one or more in each cycle: those that a walk along the edges, from the
 * nodes without a way in and then in the order of `names`, finds to lead back to a node that it is still on the way from.
 */
export function flowOrder(names: readonly string[], edges: readonly Edge[]): string[] {
  const after = new Map<string, string[]>(names.map((name) => [name, []]));
  const entered = new Set<string>();
  for (const { from, to } of edges) {
    after.get(from)!.push(to);
    entered.add(to);
  }
  const starts = [...names.filter((name) => !entered.has(name)), ...names.filter((name) => entered.has(name))];
  const seen = new Set<string>();
  const finished: string[] = [];
  for (const start of starts) {
    if (seen.has(start)) continue;
    seen.add(start);
    const path = [{ name: start, next: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const target = after.get(top.name)![top.next];
      top.next += 1;
      if (target === undefined) {
        finished.push(top.name);
        path.pop();
      } else if (!seen.has(target)) {
        seen.add(target);
        path.push({ name: target, next: 0 });
      }
    }
  }
  return finished.reverse();
}
