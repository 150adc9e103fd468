import type { OpenMetadataSandbox } from '@flowmeta/sandbox';

/** What the catalog shows of a service, without what differs from one write to the next. */
export function shownOf(openMetadata: OpenMetadataSandbox, service: string) {
  const own = (fqn: string) => fqn.replace(/^[^.]+\./, '');
  const isOf = ({ fullyQualifiedName }: { fullyQualifiedName: string }) => fullyQualifiedName.startsWith(`${service}.`);
  const stable = (pipeline: Record<string, unknown>) => {
    const { id, version, updatedAt, updatedBy, href, changeDescription, incrementalChangeDescription, ...rest } =
      pipeline;
    const { service: _service, fullyQualifiedName, pipelineStatus: _latest, ...kept } = rest;
    const text = withoutPort(JSON.stringify({ ...kept, fullyQualifiedName: own(String(fullyQualifiedName)) }));
    return JSON.parse(
      text
        .replaceAll(`"${service}.`, '"')
        .replace(/"(?:sourceHash|id|href)":"[^"]*",?/g, '')
        .replaceAll(',}', '}'),
    );
  };
  const pipelines = openMetadata.catalog.pipelines().filter(isOf);
  return {
    pipelines: pipelines.map(stable).sort((a, b) => (a.name < b.name ? -1 : 1)),
    statuses: Object.fromEntries(
      pipelines.map(({ fullyQualifiedName }) => [
        own(fullyQualifiedName),
        openMetadata.catalog
          .statuses(fullyQualifiedName)
          .map((status) => withoutPort(JSON.stringify(status)))
          .sort(),
      ]),
    ),
    edges: openMetadata.catalog
      .edges()
      .filter(({ from }) => from.type !== 'pipeline' || from.fqn.startsWith(`${service}.`))
      .map(
        ({ from, to, details }) =>
          `${own(from.fqn)} → ${own(to.fqn)}: ${details.description} ${JSON.stringify(details.columnsLineage)}`,
      )
      .sort(),
  };
}

const withoutPort = (text: string): string => text.replace(/127\.0\.0\.1:\d+/g, 'kestra');
