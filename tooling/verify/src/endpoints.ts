/** Requests of one kind, on one side. */
export interface Endpoint {
  name: string;
  side: 'kestra' | 'openMetadata';
  method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Tested against the path with its query. */
  path: RegExp;
  /** What its answer lists, where it is a list. */
  list?: 'results' | 'data';
  /** Only in the world of Kestra 2.0 and OpenMetadata 2.0. */
  isNew?: true;
  /** Only where the catalog has never seen Flowmeta. */
  isFirst?: true;
}

/** Everything that one ingestion asks the two servers for. */
export const endpoints: readonly Endpoint[] = [
  { name: 'configs', side: 'kestra', method: 'GET', path: /\/api\/v1\/configs$/ },
  { name: 'flows search', side: 'kestra', method: 'GET', path: /\/flows\/search\?/, list: 'results' },
  { name: 'graph', side: 'kestra', method: 'GET', path: /\/flows\/[^/]+\/[^/]+\/graph/ },
  { name: 'flow', side: 'kestra', method: 'GET', path: /\/flows\/(?!search)[^/]+\/[^/?]+\?source=true/ },
  { name: 'triggers search', side: 'kestra', method: 'GET', path: /\/triggers\/search/, list: 'results' },
  {
    name: 'flow triggers',
    side: 'kestra',
    method: 'GET',
    path: /\/triggers\/(?!search)[^/]+\/[^/?]+\?/,
    list: 'results',
  },
  { name: 'executions search', side: 'kestra', method: 'GET', path: /\/executions\/search/, list: 'results' },
  { name: 'execution', side: 'kestra', method: 'GET', path: /\/executions\/(?!search)[^/?]+$/, isNew: true },
  { name: 'version', side: 'openMetadata', method: 'GET', path: /\/system\/version$/ },
  { name: 'loggedInUser', side: 'openMetadata', method: 'GET', path: /\/users\/loggedInUser/ },
  { name: 'service', side: 'openMetadata', method: 'GET', path: /\/services\/pipelineServices\/name\// },
  { name: 'new service', side: 'openMetadata', method: 'POST', path: /\/services\/pipelineServices$/, isFirst: true },
  { name: 'pipelines', side: 'openMetadata', method: 'GET', path: /\/pipelines\?/, list: 'data' },
  { name: 'pipeline PUT', side: 'openMetadata', method: 'PUT', path: /\/pipelines$/ },
  { name: 'pipeline PATCH', side: 'openMetadata', method: 'PATCH', path: /\/pipelines\/[^/]+$/ },
  { name: 'pipeline', side: 'openMetadata', method: 'GET', path: /\/pipelines\/name\// },
  { name: 'status PUT', side: 'openMetadata', method: 'PUT', path: /\/status$/ },
  { name: 'status bulk', side: 'openMetadata', method: 'PUT', path: /\/status\/bulk$/, isNew: true },
  { name: 'statuses', side: 'openMetadata', method: 'GET', path: /\/status\?/, list: 'data' },
  { name: 'lineage PUT', side: 'openMetadata', method: 'PUT', path: /\/lineage$/ },
  { name: 'lineage', side: 'openMetadata', method: 'GET', path: /\/lineage\// },
  { name: 'lineage DELETE', side: 'openMetadata', method: 'DELETE', path: /\/lineage\// },
  { name: 'tags', side: 'openMetadata', method: 'GET', path: /\/tags\?/, list: 'data' },
  { name: 'tag PUT', side: 'openMetadata', method: 'PUT', path: /\/tags$/ },
  { name: 'classification', side: 'openMetadata', method: 'GET', path: /\/classifications\/name\// },
  { name: 'classification PUT', side: 'openMetadata', method: 'PUT', path: /\/classifications$/, isFirst: true },
  { name: 'user', side: 'openMetadata', method: 'GET', path: /\/users\/name\// },
  {
    name: 'dataset services',
    side: 'openMetadata',
    method: 'GET',
    path: /\/services\/(?:database|storage|messaging|search)Services/,
    list: 'data',
  },
  {
    name: 'datasets',
    side: 'openMetadata',
    method: 'GET',
    path: /\/(?:tables|topics|containers|searchIndexes|databases|databaseSchemas)[/?]/,
  },
];
