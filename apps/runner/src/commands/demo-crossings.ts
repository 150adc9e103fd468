import type { RunReport } from '@flowmeta/connector';

/** Datasets of the catalog that a pipeline of one service writes and one of another service reads: `pipeline → dataset → pipeline`. */
export function crossings({ lineage, pipelines }: RunReport): string[] {
  if (lineage === undefined) return [];
  const fqnOf = new Map(pipelines.map(({ name, fqn }) => [name, fqn]));
  const nodeOf = new Map(lineage.nodes.map((node) => [node.id, node]));
  const moves = lineage.edges.flatMap(({ from, to, pipeline }) => {
    const [source, target] = [nodeOf.get(from), nodeOf.get(to)];
    const isOfData = source?.reference.kind !== 'pipeline' || target?.reference.kind !== 'pipeline';
    const ends = [source, target].find((node) => node?.reference.kind === 'pipeline');
    const by = fqnOf.get(pipeline ?? ends?.label ?? '');
    return isOfData && by !== undefined ? [{ from: source?.fqn, to: target?.fqn, by }] : [];
  });
  const found = moves.flatMap((written) =>
    moves
      .filter(
        (read) => written.to !== undefined && read.from === written.to && serviceOf(read.by) !== serviceOf(written.by),
      )
      .map((read) => `${written.by} → ${written.to} → ${read.by}`),
  );
  return [...new Set(found)].sort();
}

const serviceOf = (fqn: string): string | undefined => fqn.split('.')[0];
