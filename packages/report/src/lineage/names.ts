import type { LineageNode } from '@flowmeta/connector';
import { printable } from '../rendering/printable.js';

/** A node's name in two lines: what tells it from its neighbours, and where it belongs. */
export interface NodeName {
  title: string;
  /** May be empty. */
  context: string;
}

export function nameOf({ reference, label, group }: Pick<LineageNode, 'reference' | 'label' | 'group'>): NodeName {
  if (reference.kind === 'pipeline') return nameOfPipeline(label, group);
  if (reference.kind === 'entity') {
    const parts = printable(reference.fqn).match(/(?:"[^"]*"?|[^."])+/g) ?? [printable(label)];
    return { title: parts.at(-1)!, context: parts.slice(0, -1).join('.') };
  }
  const { dataset } = reference;
  const { platform } = dataset;
  if (dataset.kind === 'container') {
    const [, folder = '', last = label] = /^(.*\/)([^/]+\/*)$/.exec(label) ?? [];
    return named(last, folder || platform);
  }
  if (dataset.kind === 'table') {
    const path = [dataset.database, dataset.schema].filter(Boolean).join('.');
    return named(dataset.name, path === '' ? platform : `${path} · ${platform}`);
  }
  return named(dataset.name, platform);
}

/** A pipeline's name without its folder, where it starts with it; where no folder is known, what stands before the last dot. */
export function nameOfPipeline(name: string, group: string | undefined): NodeName {
  if (group !== undefined && name.startsWith(`${group}.`)) return named(name.slice(group.length + 1), group);
  const dot = name.lastIndexOf('.');
  if (group !== undefined || dot <= 0 || dot === name.length - 1) return named(name, group ?? '');
  return named(name.slice(dot + 1), name.slice(0, dot));
}

function named(title: string, context: string): NodeName {
  return { title: printable(title), context: printable(context) };
}
