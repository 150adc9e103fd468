import { readdirSync, readFileSync } from 'node:fs';
import type { LineageEdge, LineageGap, SourceEvent } from '@flowmeta/connector';
import { createRedactor } from '@flowmeta/redact';
import { kestraVersions } from '@flowmeta/recordings';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { taskTree } from '../src/constructs.js';
import { createDatasetBook } from '../src/datasets/dataset-book.js';
import { definitionGraph } from '../src/definition-graph.js';
import { datasetLine, flowOfEdge, recordedDatasets, writtenDatasets } from './expected-datasets.js';
import { flowOf, snapshot } from './recorded-client.js';
import { read } from './reading.js';

const folder = new URL('./fixtures/flows/', import.meta.url);

/** Every edge and gap of flows written as YAML, by the name of the flow. */
async function written(...texts: string[]): Promise<{ edges: LineageEdge[]; gaps: LineageGap[]; events: SourceEvent[] }> {
  const book = createDatasetBook(createRedactor());
  for (const text of texts) {
    const { labels = {}, ...document } = parse(text) as Record<string, unknown> & { labels?: Record<string, string> };
    const flow = flowOf({ ...document, labels: Object.entries(labels).map(([key, value]) => ({ key, value })) });
    await book.define(flow, definitionGraph(taskTree(flow)));
  }
  const events = [...book.resolve()];
  return {
    events,
    edges: events.flatMap((event) => (event.kind === 'lineage' ? [event.edge] : [])),
    gaps: events.flatMap((event) => (event.kind === 'unresolved' ? [event.gap] : [])),
  };
}

const linesOf = (edges: readonly LineageEdge[], flow: string): string[] =>
  edges
    .filter((edge) => flowOfEdge(edge) === flow)
    .map(datasetLine)
    .sort();

describe.each(kestraVersions)('the recorded flows of Kestra %s', (version) => {
  let edges: LineageEdge[];
  beforeAll(async () => {
    const events = await read({ of: snapshot(version), options: { runs: false } });
    edges = events.flatMap((event) => (event.kind === 'lineage' ? [event.edge] : []));
  });

  it.each([...recordedDatasets])('%s moves what its YAML says', (flow, expected) => {
    expect(linesOf(edges, flow)).toEqual(expected);
  });

  it('move nothing else', () => {
    const others = edges.filter((edge) => !recordedDatasets.has(flowOfEdge(edge) ?? 'between flows'));
    expect(others.filter((edge) => flowOfEdge(edge) !== undefined).map(datasetLine)).toEqual([]);
  });
});

describe('the flows in fixtures/flows', () => {
  it('are all expected', () => {
    expect(readdirSync(folder).sort()).toEqual([...writtenDatasets.keys()].sort().map((name) => `${name}.yaml`));
  });

  it.each([...writtenDatasets])('%s moves what its YAML says', async (flow, expected) => {
    const { edges, gaps } = await written(readFileSync(new URL(`${flow}.yaml`, folder), 'utf8'));
    const found = [...linesOf(edges, flow), ...new Set(gaps.map(({ task }) => `? ${task}`))].sort();
    expect(found).toEqual(expected);
  });
});
