import { createLineageGraph, type LineageEdge, type LineageGraph } from '@flowmeta/connector';

/** A name that tries to leave every place it is put into. */
export const evil =
  '</script><script>alert(1)</script>"\'`]) --> x\n end %% {{}} |\u202e\u0007 --- ; } <img src=x onerror=alert(2)>';

/** Every name, text and url is hostile. */
export function hostileLineage(): LineageGraph {
  const builder = createLineageGraph();
  builder.pipeline({ name: evil, namespace: evil, sourceUrl: 'javascript:alert(3)' });
  const columns = [{ from: [evil], to: evil, expression: evil, except: [evil] }];
  builder.edge({ from: table(evil), to: file(evil), pipeline: evil, description: evil, sql: evil, columns });
  builder.edge({ from: { kind: 'entity', fqn: evil }, to: { kind: 'pipeline', name: evil }, description: evil });
  builder.edge({
    from: table(evil),
    to: { kind: 'dataset', dataset: { kind: 'topic', platform: evil, connections: [evil], name: evil } },
    description: evil,
  });
  for (const reason of ['missing', 'sql', 'constructor' as 'sql'] as const) {
    builder.gap({ pipeline: evil, task: evil, reason, message: evil, hint: evil, candidates: [evil] });
  }
  return builder.graph();
}

function table(name: string): LineageEdge['from'] {
  return {
    kind: 'dataset',
    dataset: {
      kind: 'table',
      platform: 'postgres',
      connections: ['shop-db:5432'],
      database: 'shop',
      schema: 'public',
      name,
    },
  };
}

function file(path: string): LineageEdge['from'] {
  return { kind: 'dataset', dataset: { kind: 'container', platform: 's3', connections: [], bucket: 'lake', path } };
}
