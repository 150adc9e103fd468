import type { LineageGraph } from '@flowmeta/connector';
import { kindNouns, kindOf, type LineageKind } from '../../lineage/kinds.js';
import { nameOf, nameOfPipeline } from '../../lineage/names.js';
import { printable } from '../../rendering/printable.js';
import { safeUrl } from '../../rendering/safe-url.js';

/** What one may select on the page: a node of the graph, or a pipeline that only moves data between others. */
export interface Subject {
  /** Names it in the page's address: its label, with a number where several have the same. */
  key: string;
  title: string;
  context: string;
  kind: LineageKind;
  label: string;
  group: string;
  fqn: string;
  url: string | undefined;
}

export interface Subjects {
  all: Subject[];
  /** By `LineageNode.id`. */
  ofNode: ReadonlyMap<string, number>;
  /** By the pipeline's name. */
  ofPipeline: ReadonlyMap<string, number>;
}

/** The nodes in the order of the graph, then the other pipelines. */
export function subjectsOf(graph: LineageGraph): Subjects {
  const all: Subject[] = [];
  const ofNode = new Map<string, number>();
  const ofPipeline = new Map<string, number>();
  const taken = new Set<string>();
  const add = (subject: Omit<Subject, 'key'>): number => {
    let key = subject.label;
    for (let number = 2; taken.has(key); number += 1) key = `${subject.label} (${number})`;
    taken.add(key);
    return all.push({ key, ...subject }) - 1;
  };
  for (const node of graph.nodes) {
    const { reference, label, group, fqn, url } = node;
    const number = add({
      ...nameOf(node),
      kind: kindOf(reference),
      label: printable(label),
      group: printable(group ?? ''),
      fqn: printable(fqn ?? ''),
      url: safeUrl(url),
    });
    ofNode.set(node.id, number);
    if (reference.kind === 'pipeline') ofPipeline.set(reference.name, number);
  }
  for (const { pipeline } of graph.edges) {
    if (pipeline === undefined || ofPipeline.has(pipeline)) continue;
    const name = { ...nameOfPipeline(pipeline, undefined), label: printable(pipeline) };
    ofPipeline.set(pipeline, add({ ...name, kind: 'pipeline', group: '', fqn: '', url: undefined }));
  }
  return { all, ofNode, ofPipeline };
}

/** The fragment that selects it. */
export function linkToSubject({ key }: Pick<Subject, 'key'>): string {
  return `#lineage=${encodeURIComponent(key)}`;
}

/** `120 tables, 40 files or folders, 1 topic`, in the order of the legend. */
export function kindCounts(subjects: Subjects): { kind: LineageKind; noun: string; count: number }[] {
  return (Object.keys(kindNouns) as LineageKind[]).flatMap((kind) => {
    const count = subjects.all.filter((subject) => subject.kind === kind).length;
    return count === 0 ? [] : [{ kind, noun: kindNouns[kind], count }];
  });
}
