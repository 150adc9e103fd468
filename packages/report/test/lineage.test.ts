import { createLineageGraph, type LineageEdge, type LineageGraph } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import {
  renderHtml,
  renderLineageDot,
  renderLineageHtml,
  renderLineageJson,
  renderLineageMermaid,
  renderLineageText,
  renderMarkdown,
  renderText,
} from '../src/index.js';
import { evil, hostileLineage } from './hostile-lineage.js';
import { sampleLineage } from './sample-lineage.js';
import { sampleReport } from './sample-report.js';

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

function small(): LineageGraph {
  const builder = createLineageGraph();
  builder.pipeline({ name: 'company.sales.load', namespace: 'company.sales' });
  builder.edge({
    from: table('orders'),
    to: file('raw/orders'),
    pipeline: 'company.sales.load',
    description: 'Kestra task copy: CopyOut',
    evidence: 'run',
  });
  builder.edge({
    from: { kind: 'pipeline', name: 'company.sales.load' },
    to: { kind: 'pipeline', name: 'company.sales.report' },
    description: 'Kestra Flow trigger: on_load',
  });
  builder.gap({
    pipeline: 'company.sales.load',
    task: 'copy',
    reason: 'ambiguous',
    message: 'public.orders is in two services',
    hint: 'Map the connection.',
    candidates: ['a.shop.public.orders', 'b.shop.public.orders'],
  });
  return builder.graph();
}

describe('renderLineageText', () => {
  it('lists edges under the pipeline that moves the data, then those between pipelines, then the gaps', () => {
    expect(renderLineageText(small())).toBe(`company.sales.load
  shop.public.orders → s3://lake/raw/orders  Kestra task copy: CopyOut, seen in runs only

Between pipelines
  company.sales.load → company.sales.report  Kestra Flow trigger: on_load

Lineage: 1 edge between pipelines, 1 between datasets
Not resolved: 1 several in the catalog fit

Several in the catalog fit (1)
  company.sales.load, task copy: public.orders is in two services
    may be: a.shop.public.orders, b.shop.public.orders
    → Map the connection.
`);
  });

  it('keeps to the width of the terminal, and shows the end of a name that is too long', () => {
    for (const width of [60, 80, 120]) {
      const [listed] = renderLineageText(sampleLineage(60), { width }).split('\nLineage:');
      for (const line of listed!.split('\n')) expect([...line].length).toBeLessThanOrEqual(width);
    }
    expect(renderLineageText(sampleLineage(60), { width: 80 })).toMatch(/…\S*stg_orders +→/);
  });

  it('uses the colours it is given', () => {
    const mark = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
    const colours = { bold: mark('b'), dim: mark('d'), green: mark('g'), yellow: mark('y'), red: mark('r') };
    expect(renderLineageText(small(), { colours })).toContain('<b>company.sales.load</b>\n');
  });

  it('lets no name drive the terminal or forge a line', () => {
    const lines = renderLineageText(hostileLineage()).split('\n');
    expect(lines.join('')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(lines.filter((line) => line.trimStart().startsWith('end'))).toEqual([]);
  });

  it('says that there is nothing', () => {
    expect(renderLineageText({ nodes: [], edges: [], gaps: [] })).toBe(
      'Lineage: 0 edges between pipelines, 0 between datasets\n',
    );
  });
});

describe('renderLineageJson', () => {
  it('gives back the same graph when it is read', () => {
    expect(JSON.parse(renderLineageJson(small()))).toEqual(small());
  });
});

describe('renderLineageMermaid', () => {
  it('gives each kind its shape, names the pipeline at the edge, dots what only runs show, and explains the shapes', () => {
    expect(renderLineageMermaid(small())).toBe(`flowchart LR
  n0[("shop.public.orders")]
  n1[/"s3://lake/raw/orders"/]
  n2(["company.sales.load"])
  n3(["company.sales.report"])
  n0 -.->|"load"| n1
  n2 -->|"Kestra Flow trigger: on_load"| n3
  subgraph legend["Legend"]
    k0(["pipeline"])
    k1[("table")]
    k2[/"file or folder"/]
  end
`);
  });

  it('has one statement in each line whatever the names are', () => {
    for (const graph of [hostileLineage(), sampleLineage(1_000)]) {
      for (const line of renderLineageMermaid(graph).trimEnd().split('\n')) {
        expect(line).toMatch(
          /^(%% .*|flowchart LR| {2,4}[nk]\d+(\(\[|\[\(|\[\/|>|\{\{|\[\[|\[)"[^"\n<>`]*"(\]\)|\)\]|\/\]|\]|\}\}|\]\])| {2}n\d+ -(\.-|-)>(\|"[^"\n<>`]*"\|)? n\d+| {2}subgraph legend\["Legend"\]| {2}end)$/,
        );
      }
    }
  });

  it('says which settings it takes to draw more edges than Mermaid does by default', () => {
    expect(renderLineageMermaid(sampleLineage(1_000))).toMatch(/^%% 1\d{3} edges: .*maxEdges/);
    expect(renderLineageMermaid(small())).not.toContain('%%');
  });
});

describe('renderLineageDot', () => {
  it('gives each kind its shape, names the pipeline at the edge and dashes what only runs show', () => {
    const dot = renderLineageDot(small());
    expect(dot).toContain('n0 [label="shop.public.orders", shape=cylinder, style=filled, fillcolor="#e7f5ed"];');
    expect(dot).toContain('n1 [label="s3://lake/raw/orders", shape=folder,');
    expect(dot).toContain('n2 [label="company.sales.load", shape=box, style="rounded,filled"');
    expect(dot).toContain('n0 -> n1 [label="load", style=dashed];');
    expect(dot).toContain('label="Legend"');
  });

  it('ends every text that it begins, whatever the names are', () => {
    for (const graph of [hostileLineage(), sampleLineage(1_000)]) {
      const dot = renderLineageDot(graph);
      const bare = dot.replace(/"(?:[^"\\\n]|\\.)*"/g, '');
      expect(bare).not.toContain('"');
      expect(bare.match(/\{/g)).toHaveLength(2);
      expect(bare.match(/\}/g)).toHaveLength(2);
    }
  });
});

describe('the run report with lineage', () => {
  const report = { ...sampleReport(3), lineage: small() };

  it('says in text and Markdown how many edges there are and what is not resolved', () => {
    for (const render of [renderText, renderMarkdown]) {
      expect(render(report)).toContain('Lineage: 1 edge between pipelines, 1 between datasets');
      expect(render(report)).toContain('Not resolved: 1 several in the catalog fit');
      expect(render(sampleReport(3))).not.toContain('Lineage:');
    }
  });

  it('draws a small graph in Markdown and lists a large one', () => {
    expect(renderMarkdown(report)).toContain('```mermaid\nflowchart LR\n');
    const large = renderMarkdown({ ...report, lineage: sampleLineage(200) });
    expect(large).not.toContain('```mermaid');
    const [, rows] = large.split('| from | to | by | how |\n| --- | --- | --- | --- |\n');
    expect(rows!.split('\n\n')[0]!.split('\n')).toHaveLength(sampleLineage(200).edges.length);
  });

  it('lets no name out of its place in Markdown', () => {
    const markdown = renderMarkdown({ ...report, lineage: hostileLineage() });
    const [before, diagram, after] = markdown.split('```');
    expect(diagram).toMatch(/^mermaid\nflowchart LR\n/);
    expect(markdown.split('```')).toHaveLength(3);
    for (const text of [before!, after!]) expect(text).not.toMatch(/<(script|img)/);
  });

  it('has tabs only where there is lineage', () => {
    expect(renderHtml(report)).toContain('<nav class="views"');
    expect(renderHtml(sampleReport(3))).not.toContain('lineage-canvas"');
    expect(renderHtml({ ...report, lineage: { nodes: [], edges: [], gaps: [] } })).not.toContain('<nav class="views"');
  });
});

describe('renderLineageHtml', () => {
  it('embeds data that no name can break out of, and names nothing that a browser would load or run', () => {
    const page = renderLineageHtml(hostileLineage(), { title: evil });
    expect(page.match(/<script/g)).toHaveLength(2);
    const data = page.split('<script type="application/json" id="lineage-data">')[1]!.split('</script>')[0]!;
    expect(data).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(data).subjects).toHaveLength(5);
    expect(page.match(/<(img|iframe|object|embed|link rel="stylesheet")|@import|url\((?!#)/g)).toBe(null);
    const attributes = page
      .replace(/<script[\s\S]*?<\/script>/g, '')
      .replace(/"[^"]*"/g, '""')
      .match(/<[a-z][^>]*>/g)!;
    expect(attributes.filter((tag) => / (src|style|on\w+)=/.test(tag))).toEqual([]);
    expect(page.includes('href="javascript:')).toBe(false);
    expect(page.includes('\u202e')).toBe(false);
  });

  it('shows edges, statements, columns, gaps and their candidates without a script', () => {
    const markup = renderLineageHtml(sampleLineage(40)).replace(/<script[\s\S]*?<\/script>/g, '');
    expect(markup).toMatch(/<g class="box table"/);
    expect(markup).toContain('MERGE INTO core.orders AS t\nUSING');
    expect(markup).toContain('amount * rate(currency)');
    expect(markup).toContain('seen in runs only');
    expect(markup).toContain('Several in the catalog fit');
    expect(markup).toContain('<code>postgres_test.shop.public.invoices</code>'.replace('invoices', 'shipments'));
  });

  it('stays small: with 200 and 2,000 nodes, with very long statements and very many columns', () => {
    const sizes = [200, 2_000].map((count) => renderLineageHtml(sampleLineage(count)).length);
    console.log(
      `Lineage pages of 200 and 2,000 nodes: ${sizes.map((size) => `${Math.round(size / 1024)} KiB`).join(', ')}`,
    );
    expect(sizes[0]).toBeLessThan(500_000);
    expect(sizes[1]).toBeLessThan(3_000_000);
    const builder = createLineageGraph();
    for (let index = 0; index < 400; index += 1) {
      builder.edge({
        from: table(`a${index}`),
        to: table(`b${index}`),
        pipeline: 'x',
        description: 'SQL',
        sql: `SELECT ${index}${' '.repeat(20_000)}`,
        columns: Array.from({ length: 500 }, (_, column) => ({ from: [`c${column}`], to: `d${column}` })),
      });
    }
    const large = renderLineageHtml(builder.graph());
    expect(large.length).toBeLessThan(5_000_000);
    for (const words of ['and 440 more', 'characters more', 'The statement is left out to keep the page small']) {
      expect(large.includes(words)).toBe(true);
    }
  });

  it('shows gaps where there are no edges, and nothing where there is nothing', () => {
    const { gaps } = small();
    expect(renderLineageHtml({ nodes: [], edges: [], gaps })).toContain('Map the connection.');
    expect(renderLineageHtml({ nodes: [], edges: [], gaps: [] })).toContain(
      'No edge between pipelines or data is known.',
    );
  });
});
