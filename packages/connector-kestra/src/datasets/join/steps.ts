import type { LineageGap } from '@flowmeta/connector';
import type { KestraTask, KestraTrigger } from '@flowmeta/kestra-client';
import type { TemplateValues } from '@flowmeta/sql-lineage';
import type { TaskNode, TaskTree } from '../../constructs.js';
import type { TaskIo } from '../types.js';
import { addFile, type Directory, namedFiles, placedFiles, writtenFiles } from './directory.js';
import { type Iteration, iterationNames, mentionsIteration, ownProperties, withParentValues } from './iterations.js';
import { loopSource, loopValues } from './loop-values.js';

/** A task at its place, once per iteration where those are known; or a trigger. */
export interface Place {
  io: TaskIo;
  task: KestraTask;
  /** Absent for a trigger. */
  node?: TaskNode;
  iteration?: Iteration;
  /** Files of its working directory that it names, as they were when it started. */
  files: { name: string; index: number }[];
  directory?: Directory;
}

export interface Unrolling {
  pipeline: string;
  values: TemplateValues;
  /** What a task or trigger reads and writes, with what is known of the iteration around it. */
  analyse: (task: KestraTask | KestraTrigger, names: Pick<TemplateValues, 'taskrun' | 'item'>) => Promise<TaskIo>;
}

export interface Unrolled {
  places: Place[];
  /** By loop: its known iterations, per iteration around it. */
  iterations: Map<TaskNode, Iteration[]>;
  /** Working directories by their flowable, one per iteration. */
  directories: Map<TaskNode, { directory: Directory; iteration: Iteration | undefined }[]>;
  gaps: LineageGap[];
}

/** Iterations over all loops of a flow. */
const mostIterations = 1_000;
/** Tasks over all iterations of a flow. */
const mostPlaces = 30_000;

const workingDirectory = 'io.kestra.plugin.core.flow.WorkingDirectory';

interface Visit {
  node: TaskNode;
  iteration: Iteration | undefined;
  directory: Directory | undefined;
}

/**
 * The tasks of a flow in their order, those in loops once per iteration where the values are known and make a difference, else once.
 * What is switched off is left out, with all that is in it.
 */
export async function unroll(
  { tree, triggers }: { tree: TaskTree; triggers: readonly KestraTrigger[] },
  { pipeline, values, analyse }: Unrolling,
): Promise<Unrolled> {
  const unrolled: Unrolled = { places: [], iterations: new Map(), directories: new Map(), gaps: [] };
  const { places, iterations, directories, gaps } = unrolled;
  const alike = new Map<TaskNode, TaskIo>();
  let iterationCount = 0;

  for (const trigger of triggers) {
    if (trigger.disabled === true) continue;
    places.push({ io: await analyse(trigger, {}), task: trigger, files: [] });
  }

  const ioOf = async (task: KestraTask, { node, iteration }: Visit): Promise<TaskIo> => {
    const known = alike.get(node);
    if (known !== undefined) return known;
    const own = ownProperties(task) as KestraTask;
    if (iteration !== undefined && mentionsIteration(own)) {
      return analyse(withParentValues(own, { node, iteration }), iterationNames(iteration));
    }
    const io = await analyse(own, {});
    alike.set(node, io);
    return io;
  };

  const iterate = (loop: TaskNode, outer: Iteration | undefined): Iteration[] | undefined => {
    if (loopSource(loop.task) === undefined) return undefined;
    const { values: _values, value: _value, ...rest } = loop.task;
    if (!mentionsIteration(rest)) return undefined;
    const names = outer === undefined ? {} : iterationNames(outer);
    const task = outer === undefined ? loop.task : withParentValues(loop.task, { node: loop, iteration: outer });
    const known = loopValues(task, { ...values, ...names });
    if (known === undefined || known.length === 0) return undefined;
    iterationCount += known.length;
    if (iterationCount > mostIterations) return undefined;
    const siblings = new Set(known.map(({ value }) => value));
    const made = known.map((value, index) => ({ loop, value, index, siblings, ...(outer && { outer }) }));
    iterations.set(loop, [...(iterations.get(loop) ?? []), ...made]);
    return made;
  };

  /** A stack rather than recursion: what comes first lies on top. */
  const pending: Visit[] = [];
  const push = (nodes: readonly TaskNode[], around: Omit<Visit, 'node'>) => {
    for (let index = nodes.length - 1; index >= 0; index--) pending.push({ node: nodes[index]!, ...around });
  };
  for (const nodes of [tree.afterExecution, tree.finally, tree.errors, tree.tasks]) {
    push(nodes, { iteration: undefined, directory: undefined });
  }
  while (pending.length > 0 && places.length < mostPlaces) {
    const visit = pending.pop()!;
    const { node, iteration, directory } = visit;
    if (node.task.disabled === true) continue;
    const isLeaf = node.groups.length === 0;
    const { task } = node;
    const io = await ioOf(task, visit);
    const files: Place['files'] = [];
    if (directory !== undefined && isLeaf) {
      for (const name of namedFiles(task, directory)) files.push({ name, index: directory.files.get(name)!.length });
      for (const [name, text] of placedFiles(task)) addFile(directory, name, { step: places.length, text });
      for (const name of writtenFiles(task)) addFile(directory, name, { step: places.length });
    }
    places.push({ io, task, node, files, ...(iteration && { iteration }), ...(directory && { directory }) });

    let inside = directory;
    if (task.type === workingDirectory) {
      inside = { files: new Map() };
      for (const [name, text] of placedFiles(task)) addFile(inside, name, { step: places.length - 1, text });
      directories.set(node, [...(directories.get(node) ?? []), { directory: inside, iteration }]);
    }
    const here = { iteration, directory: inside };
    push(node.finally, here);
    push(node.errors, here);
    const rounds = iterate(node, iteration) ?? [iteration];
    for (const round of [...rounds].reverse()) {
      for (const group of [...node.groups].reverse()) push(group, { ...here, iteration: round });
    }
  }
  if (iterationCount > mostIterations) {
    gaps.push({
      pipeline,
      reason: 'template',
      message: `Its loops run over ${iterationCount} values. Names that differ from one to the next are filled in for up to ${mostIterations} only.`,
      hint: 'Declare the datasets in `assets`, or name them in the labels om-source and om-destination.',
    });
  }
  if (pending.length > 0) {
    gaps.push({
      pipeline,
      reason: 'template',
      message: `Its tasks run more than ${mostPlaces} times, over all values of its loops; what comes after those is not shown.`,
    });
  }
  return unrolled;
}
