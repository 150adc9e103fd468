import type { RunReport } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import {
  renderDot,
  renderHtml,
  renderJson,
  renderMarkdown,
  renderMermaid,
  renderText,
  type TaskGraph,
} from '../src/index.js';
import { sampleReport } from './sample-report.js';

const report = sampleReport(12);

const graph: TaskGraph = {
  name: 'company.team."daily"',
  tasks: [
    { name: 'get', type: 'io.kestra.plugin.core.http.Download', enabled: true },
    { name: 'say "hi" \\ <b>', enabled: false },
    { name: 'alert', branch: 'error', enabled: true },
  ],
  edges: [
    { from: 'get', to: 'say "hi" \\ <b>' },
    { from: 'get', to: 'unknown' },
  ],
};

describe('renderJson', () => {
  it('gives back the same report when it is read', () => {
    expect(JSON.parse(renderJson(report))).toEqual(report);
  });
});

describe('renderText', () => {
  it('says what was read, written and lost, with reasons and hints', () => {
    const text = renderText(report);
    expect(text).toContain('Done in part in 2 min 41 s\n');
    expect(text).toMatch(/^ +read {2}created {2}updated {2}unchanged {2}filtered {2}skipped {2}failed$/m);
    expect(text).toMatch(/^Pipelines +17 +\d+ +\d+ +\d+ +3 +2 +1$/m);
    expect(text).toContain('Requests: source 418 (3 retried), catalog 963 (1 retried)');
    expect(text).toContain('Failed (2)\n');
    expect(text).toContain('  table warehouse.public.orders_2024: 404 Not Found');
    expect(text).toContain('(4 times)\n    Ingest the database first.\n');
    expect(text).toContain('Degraded (1)\n  company.finance.export_tickets: The server cannot parse');
  });

  it('shows no table of zeros where the run failed before it began, and one where there was nothing to do', () => {
    const none = { read: 0, created: 0, updated: 0, unchanged: 0, filtered: 0, skipped: 0, failed: 0 };
    const totals = { ...report.totals, pipelines: none, runs: none, edges: none };
    const error = { ref: 'run', message: 'Kestra refuses the sign-in', count: 1 };
    const failed = renderText({ ...report, outcome: 'failed', error, totals });
    expect(failed).not.toContain('Pipelines');
    expect(failed).toContain('Kestra refuses the sign-in');
    expect(renderText({ ...report, outcome: 'failed', error })).toMatch(/^Pipelines +17/m);
    expect(renderText({ ...report, outcome: 'done', totals })).toMatch(/^Pipelines +0/m);
  });

  it('uses the colours it is given and no others', () => {
    const mark = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
    const colours = { bold: mark('b'), dim: mark('d'), green: mark('g'), yellow: mark('y'), red: mark('r') };
    expect(renderText(report, { colours })).toContain('<y><b>Done in part</b></y> in');
    expect(renderText(report)).not.toMatch(/<[bdgyr]>|\p{Cc}\[/u);
  });

  it('lists no more findings than asked for and counts the rest', () => {
    expect(renderText(report, { findings: 1 })).toContain('and 1 more');
  });

  it('lets no name drive the terminal or forge a line', () => {
    const evil = 'a\u001b[2Jb\nFailed (9)\u202e\u0007';
    const text = renderText({ ...report, warnings: [{ ref: evil, message: evil, count: 1 }] });
    expect(text).toContain('a\ufffd[2Jb Failed (9)\ufffd\ufffd: a\ufffd[2Jb');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('says in every form how many edges are gone', () => {
    const edges = { ...report.totals.edges, removed: 2 };
    const gone = { ...report, totals: { ...report.totals, edges } };
    for (const render of [renderText, renderMarkdown, renderHtml]) {
      expect(render(gone)).toContain('2 edges removed');
      expect(render(report)).not.toContain('removed');
    }
  });

  it('says in every form how many pipelines were deleted or came back, and which', () => {
    const [first, second, ...rest] = report.pipelines;
    const pipelines = [
      { ...first!, outcome: 'deleted' as const },
      { ...second!, outcome: 'restored' as const },
      ...rest,
    ];
    const totals = { ...report.totals, pipelines: { ...report.totals.pipelines, removed: 1 } };
    for (const render of [renderText, renderMarkdown, renderHtml]) {
      const text = render({ ...report, totals, pipelines });
      expect(text).toContain('1 pipeline deleted');
      expect(text).toContain('1 pipeline restored');
      expect(render(report)).not.toMatch(/pipelines? (deleted|restored)/);
    }
    expect(renderMarkdown({ ...report, totals, pipelines })).toMatch(/\| deleted(, disabled)? \|/);
    expect(renderHtml({ ...report, totals, pipelines })).toContain('<span class="badge faint">deleted</span>');
  });

  it('says when nothing was written, and when a stand-in answered', () => {
    const text = renderText({ ...report, dryRun: true, simulated: true });
    expect(text).toContain('Dry run: nothing was written');
    expect(text).toContain('Simulated: a stand-in');
  });

  it('shows the error that stopped the run first', () => {
    const error = { ref: '', message: 'Kestra refused the sign-in', hint: 'Check the token.', count: 1 };
    const text = renderText({ ...report, outcome: 'failed', error });
    expect(text).toContain('Stopped\n  Kestra refused the sign-in\n    Check the token.\n\nFailed (2)');
  });
});

describe('renderMarkdown', () => {
  it('has a row for each pipeline, as wide as the header', () => {
    const rows = renderMarkdown(report).split('## Pipelines')[1]!.trim().split('\n');
    expect(rows).toHaveLength(2 + report.pipelines.length);
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(7);
    expect(rows[2]).toContain('[company.sales.load\\_orders](<https://kestra.company.example/');
  });

  it('escapes what could be markup', () => {
    const [first] = report.pipelines;
    const name = 'a|b`c`<img src=x>[x](javascript:alert(1)) @everyone';
    const text = renderMarkdown({ ...report, pipelines: [{ ...first!, name, sourceUrl: 'javascript:alert(1)' }] });
    expect(text).toContain('| a\\|b\\`c\\`&lt;img src=x>\\[x\\](javascript:alert(1)) &#64;everyone | unchanged |');
  });
});

describe('renderMermaid', () => {
  it('escapes labels, frames branches, dashes disabled tasks and leaves edges to nowhere out', () => {
    expect(renderMermaid(graph)).toBe(`flowchart LR
  t0["get<br/><small>http.Download</small>"]
  t1["say #34;hi#34; #92; #60;b#62;"]:::disabled
  subgraph b1["On error"]
    t2["alert"]
  end
  t0 --> t1
  classDef disabled stroke-dasharray: 4 3
`);
  });
});

describe('renderDot', () => {
  it('quotes names, frames branches, dashes disabled tasks and leaves edges to nowhere out', () => {
    expect(renderDot(graph)).toBe(String.raw`digraph "company.team.\"daily\"" {
  rankdir=LR;
  node [shape=box, style=rounded, fontname="Helvetica"];
  "get" [label="get\nhttp.Download"];
  "say \"hi\" \\ <b>" [label="say \"hi\" \\ <b>", style="rounded,dashed"];
  subgraph cluster_1 {
    label="On error";
    "alert" [label="alert"];
  }
  "get" -> "say \"hi\" \\ <b>";
}
`);
  });
});

describe('renderHtml', () => {
  it('embeds data that no name can break out of', () => {
    const [first] = report.pipelines;
    const evil = '</script><!--<script>\u2028\u2029&';
    const page = renderHtml({ ...report, pipelines: [{ ...first!, name: evil, description: evil }] });
    const data = page.split('<script type="application/json" id="data">')[1]!.split('</script>')[0]!;
    expect(data).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(data)[0]).toMatchObject({ name: evil, description: evil });
    expect(page.match(/<script/g)).toHaveLength(2);
  });

  it('links only to http and https, and never with credentials', () => {
    const [first] = report.pipelines;
    const urls = [
      'javascript:alert(1)',
      'data:text/html,x',
      '//host',
      '/path',
      'https://user:secret@host/',
      'ftp://host/',
    ];
    for (const sourceUrl of urls) {
      const page = renderHtml({
        ...report,
        pipelines: [{ ...first!, sourceUrl, runs: { ...first!.runs, latest: [] } }],
      });
      expect(page).not.toContain(`"${sourceUrl}`);
      expect(page).not.toContain('user:secret');
    }
  });

  it('names nothing that the browser would load', () => {
    const page = renderHtml(report);
    expect(page).not.toMatch(/<(img|iframe|object|embed|link rel="stylesheet")|@import|url\((?!#)/);
    expect(page).not.toMatch(/ (src|style|on\w+)=/);
  });

  it('shows states and outcomes that it does not know, and a report of nothing', () => {
    const [first] = report.pipelines;
    const latest = [{ id: '1', state: 'evaporated' as 'unknown', startedAt: 0 }];
    expect(renderHtml({ ...report, pipelines: [{ ...first!, runs: { ...first!.runs, latest } }] })).toContain(
      'evaporated',
    );
    const empty: RunReport = { ...report, pipelines: [], skipped: [], failed: [], warnings: [] };
    expect(renderHtml(empty)).not.toContain('Findings</h2>');
    expect(renderText(empty)).not.toContain('Skipped');
    expect(renderMarkdown(empty)).not.toContain('## Pipelines');
  });
});
