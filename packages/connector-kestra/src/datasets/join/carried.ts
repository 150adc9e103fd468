import type { TaskNode, TaskTree } from '../../constructs.js';
import type { Directory } from './directory.js';
import { type Iteration, loopAround, loopOfParent, valuesOf } from './iterations.js';
import { loopSource } from './loop-values.js';
import { type Reference, referencesIn } from './references.js';
import type { Place, Unrolled } from './steps.js';
import type { Carried } from './types.js';

/** Where a template stands. */
export interface Standpoint {
  node?: TaskNode;
  iteration?: Iteration;
}

export interface FlowNames {
  tree: TaskTree;
  variables: Readonly<Record<string, unknown>>;
  /** Name of the pipeline that a task runs in an iteration. */
  runBy: (node: TaskNode, iteration: Iteration | undefined) => string | undefined;
}

export interface CarriedFinder {
  /** Where the data comes from that texts reach for, which stand in a place. */
  inTexts(texts: readonly string[], at: Standpoint): Carried;
  /** Where the data comes from that a task or trigger takes, the files of its working directory too. */
  ofPlace(place: Place): Carried;
}

/** Variables may be templates that name variables. */
const deepest = 3;

const forEachItem = 'io.kestra.plugin.core.flow.ForEachItem';
const subflow = 'io.kestra.plugin.core.flow.Subflow';
const addedStep = /_(?:split|items|merge)$/;

/** Finds what the templates of one flow reach for. */
export function createCarriedFinder({ places, iterations, directories }: Unrolled, flow: FlowNames): CarriedFinder {
  const { tree, variables, runBy } = flow;
  /** Steps of a task under each of the iterations around them, the innermost and the outer ones, and under none. */
  const byTask = new Map<TaskNode, Map<Iteration | undefined, number[]>>();
  const triggers: number[] = [];
  places.forEach(({ node, iteration }, index) => {
    if (node === undefined) {
      triggers.push(index);
      return;
    }
    const known = byTask.get(node) ?? new Map<Iteration | undefined, number[]>();
    byTask.set(node, known);
    for (let around: Iteration | undefined = iteration; ; around = around.outer) {
      const steps = known.get(around);
      if (steps === undefined) known.set(around, [index]);
      else steps.push(index);
      if (around === undefined) break;
    }
  });

  /** The runs of a task that a reference means: those of the same iteration, and of those that its keys name. */
  const stepsOf = (node: TaskNode, path: Reference['path'], at: Standpoint): number[] => {
    const runs = byTask.get(node);
    if (runs === undefined) return [];
    let shared = at.iteration;
    while (shared !== undefined && !runs.has(shared)) shared = shared.outer;
    const candidates = runs.get(shared) ?? [];
    if (candidates.length < 2) return candidates;
    const keys = keysOf(path, at);
    return keys.size === 0 ? candidates : candidates.filter((index) => isNamed(places[index]?.iteration, shared, keys));
  };

  const find = (references: Iterable<Reference>, at: Standpoint, found: Carried, depth = 0): void => {
    for (const { root, path } of references) {
      const [name] = path;
      switch (root) {
        case 'outputs':
          if (typeof name === 'string') findOutputs(name, path.slice(1), at, found, depth);
          break;
        case 'inputs':
          if (typeof name === 'string') found.inputs.push(name);
          break;
        case 'trigger':
          found.steps.push(...triggers);
          break;
        case 'vars':
          if (typeof name === 'string' && depth < deepest && Object.hasOwn(variables, name)) {
            find(referencesOf(variables[name]), at, found, depth + 1);
          }
          break;
        case 'taskrun':
          if (name === 'items' && at.node?.task.type === forEachItem) {
            find(referencesOf(at.node.task.items), at, found, depth + 1);
          } else if (name === 'value') findValues(at.node && loopAround(at.node), at, found, depth);
          break;
        case 'item':
          findValues(at.node && loopAround(at.node), at, found, depth);
          break;
        case 'parent':
        case 'parents': {
          const up = root === 'parents' && typeof name === 'string' ? Number(name) : 0;
          if (path.includes('taskrun')) findValues(at.node && loopOfParent(at.node, up || 0), at, found, depth);
          break;
        }
      }
    }
  };

  /** What a loop runs over flows into each of its iterations. */
  const findValues = (loop: TaskNode | undefined, at: Standpoint, found: Carried, depth: number): void => {
    if (loop === undefined || depth > deepest) return;
    find(referencesOf(loopSource(loop.task)), { ...at, node: loop }, found, depth + 1);
  };

  const findOutputs = (id: string, path: Reference['path'], at: Standpoint, found: Carried, depth: number): void => {
    const node = tree.all.get(id) ?? tree.all.get(id.replace(addedStep, ''));
    if (node === undefined) return;
    if (node.task.type === subflow || node.task.type === forEachItem) {
      const flow = byTask.has(node) ? runBy(node, at.iteration) : undefined;
      const output = path[path.indexOf('outputs') + 1];
      if (flow === undefined) return;
      if (!path.includes('outputs') && node.task.type === subflow) return;
      found.outputs.push(typeof output === 'string' && path.includes('outputs') ? { flow, output } : { flow });
    } else if (node.groups.length === 0) {
      found.steps.push(...stepsOf(node, path, at));
    } else if (loopSource(node.task) !== undefined) {
      if (depth > deepest) return;
      const inside = node.groups[0]?.[0];
      const rounds: (Iteration | undefined)[] = iterations.get(node) ?? [at.iteration];
      const references = [...referencesOf(node.task.outputs)];
      for (const iteration of rounds) {
        find(references, { ...(inside && { node: inside }), ...(iteration && { iteration }) }, found, depth + 1);
      }
    } else {
      for (const { directory, iteration } of directories.get(node) ?? []) {
        if (iteration !== undefined && at.iteration !== undefined && !isWithin(at.iteration, iteration)) continue;
        for (const name of path) if (typeof name === 'string') findFile(directory, name, found, depth);
      }
    }
  };

  const findFile = (directory: Directory, name: string, found: Carried, depth: number, end?: number): void => {
    for (const { step, text } of (directory.files.get(name) ?? []).slice(0, end)) {
      if (text === undefined) found.steps.push(step);
      else if (depth <= deepest) find(referencesIn(text), places[step]!, found, depth + 1);
    }
  };

  return {
    inTexts(texts, at) {
      const found = nothing();
      for (const text of texts) find(referencesIn(text), at, found);
      return distinct(found);
    },
    ofPlace(place) {
      const found = nothing();
      for (const text of place.io.takes) find(referencesIn(text), place, found);
      for (const { name, index } of place.files) findFile(place.directory!, name, found, 0, index);
      return distinct(found);
    },
  };
}

const nothing = (): Carried => ({ steps: [], inputs: [], outputs: [] });

function distinct({ steps, inputs, outputs }: Carried): Carried {
  const byName = new Map(outputs.map((output) => [JSON.stringify([output.flow, output.output]), output]));
  return { steps: [...new Set(steps)], inputs: [...new Set(inputs)], outputs: [...byName.values()] };
}

/** The references in all texts of a value. */
function* referencesOf(value: unknown): Generator<Reference> {
  if (typeof value === 'string') yield* referencesIn(value);
  else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) yield* referencesOf(member);
  }
}

/** What the brackets of a reference may name: their texts, and for `[taskrun.value]` the values of the iteration it stands in. */
function keysOf(path: Reference['path'], { iteration }: Standpoint): Set<string> {
  const keys = new Set<string>();
  for (const part of path) {
    if (typeof part === 'string') keys.add(part);
    else if (/\b(?:taskrun|item|parents?)\b/.test(part.expression))
      for (const value of valuesOf(iteration)) keys.add(value);
  }
  return keys;
}

/** Whether keys name an iteration below `shared`: where they name one of a loop, they mean no other of it. */
function isNamed(iteration: Iteration | undefined, shared: Iteration | undefined, keys: ReadonlySet<string>): boolean {
  for (let at = iteration; at !== undefined && at !== shared; at = at.outer) {
    const { siblings, value } = at;
    if (!keys.has(value.value) && [...keys].some((key) => siblings.has(key))) return false;
  }
  return true;
}

function isWithin(iteration: Iteration | undefined, around: Iteration): boolean {
  for (let at = iteration; at !== undefined; at = at.outer) if (at === around) return true;
  return false;
}
