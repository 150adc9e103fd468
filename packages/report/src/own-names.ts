import {
  type EntityReference,
  type Finding,
  type LineageGraph,
  type RunReport,
  referenceKey,
} from '@flowmeta/connector';

/**
 * The reports, in which no two pipelines of different services have the same name: those that did have their service behind it,
 * e.g. `company.team.daily (kestra_prod)`.
 */
export function withOwnNames(reports: readonly RunReport[]): RunReport[] {
  const services = servicesOf(reports);
  const owners = new Map<string, Set<string>>();
  reports.forEach((report, position) => {
    const names = [...report.pipelines.map(({ name }) => name), ...pipelinesOf(report.lineage)];
    for (const name of names) owners.set(name, (owners.get(name) ?? new Set()).add(services[position]!));
  });
  const isShared = (name: string) => (owners.get(name)?.size ?? 0) > 1;
  return reports.map((report, position) => {
    const rename = (name: string) => (isShared(name) ? `${name} (${services[position]})` : name);
    const refer = (findings: Finding[]) => findings.map((finding) => ({ ...finding, ref: rename(finding.ref) }));
    return {
      ...report,
      pipelines: report.pipelines.map((pipeline) => ({ ...pipeline, name: rename(pipeline.name) })),
      ...(report.lineage ? { lineage: renameIn(report.lineage, rename) } : {}),
      skipped: refer(report.skipped),
      failed: refer(report.failed),
      warnings: refer(report.warnings),
    };
  });
}

/** How the service of each report is told from those of the others. */
function servicesOf(reports: readonly RunReport[]): string[] {
  const servers = new Map<string, Set<string>>();
  for (const { target } of reports) {
    servers.set(target.service, (servers.get(target.service) ?? new Set()).add(target.description));
  }
  return reports.map(({ target: { service, description } }) =>
    servers.get(service)!.size > 1 ? `${service}, ${description}` : service,
  );
}

function pipelinesOf(lineage: LineageGraph | undefined): string[] {
  return (lineage?.nodes ?? []).flatMap(({ reference }) => ownName(reference) ?? []);
}

function renameIn({ nodes, edges, gaps }: LineageGraph, rename: (name: string) => string): LineageGraph {
  const ids = new Map<string, string>();
  const renamed = nodes.map((node) => {
    const { reference } = node;
    const known = ownName(reference);
    if (known === undefined || rename(known) === known) return node;
    const own = { kind: 'pipeline', name: rename(known) } as const;
    const id = referenceKey(own);
    ids.set(node.id, id);
    return { ...node, id, reference: own, label: own.name };
  });
  const idOf = (id: string) => ids.get(id) ?? id;
  return {
    nodes: renamed,
    edges: edges.map((edge) => ({
      ...edge,
      from: idOf(edge.from),
      to: idOf(edge.to),
      ...(edge.pipeline === undefined ? {} : { pipeline: rename(edge.pipeline) }),
    })),
    gaps: gaps.map((gap) => ({ ...gap, pipeline: rename(gap.pipeline) })),
  };
}

/** The name of a pipeline of the service itself. */
function ownName(reference: EntityReference): string | undefined {
  return reference.kind === 'pipeline' && !reference.external ? reference.name : undefined;
}
