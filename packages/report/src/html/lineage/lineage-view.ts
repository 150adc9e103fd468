import type { LineageGraph } from '@flowmeta/connector';
import { drawLineage } from '../../drawing/draw-lineage.js';
import { countEdges } from '../../lineage/counts.js';
import { formatAmount, formatCount } from '../../rendering/format.js';
import { embeddedJson, html, type Markup } from '../../rendering/markup.js';
import { edgeList } from './edge-list.js';
import { gapList } from './gap-list.js';
import { lineageData } from './lineage-data.js';
import { lineageSvg } from './lineage-svg.js';
import { sign, signSymbols } from './signs.js';
import { kindCounts, linkToSubject, type Subjects, subjectsOf } from './subjects.js';

/** A larger graph is not drawn as a whole, only around what is selected. */
const mostDrawn = 400;
const startingPoints = 30;

export interface LineageViewOptions {
  /** Names of the pipelines that the page has details of; default none. */
  details?: ReadonlySet<string>;
}

/** The drawing with search and zoom, the edges beside it, and what could not be resolved. */
export function lineageView(graph: LineageGraph, { details = new Set() }: LineageViewOptions = {}): Markup {
  const subjects = subjectsOf(graph);
  const isDrawn = graph.nodes.length <= mostDrawn;
  const drawing = drawLineage(graph);
  if (graph.edges.length === 0) {
    return html`<h2>Lineage</h2><p class="sub">No edge between pipelines or data is known.</p>${gapList(graph, subjects)}`;
  }
  const label = `Lineage: ${formatAmount(graph.nodes.length, 'node')}, ${formatAmount(graph.edges.length, 'edge')}`;
  const titles = drawing.boxes.map(({ node, pipeline }) => {
    const number =
      pipeline === undefined ? subjects.ofNode.get(graph.nodes[node!]!.id)! : subjects.ofPipeline.get(pipeline)!;
    const subject = subjects.all[number]!;
    return [subject.label, subject.group].filter(Boolean).join('\n');
  });
  const shown = isDrawn
    ? lineageSvg(drawing, { titles, label })
    : lineageSvg({ width: 0, height: 0, boxes: [], arrows: [] }, { titles: [], label });
  const data = lineageData(graph, { subjects, drawing, isDrawn, details });
  return html`${signSymbols}<div class="lineage-head"><h2>Lineage</h2>${counts(graph, subjects)}</div>
<div class="controls lineage-controls" hidden><div class="finder"><input id="lineage-search" type="search" role="combobox" aria-expanded="false" aria-controls="lineage-hits" placeholder="Find a table, file, topic or pipeline" aria-label="Find a table, file, topic or pipeline" autocomplete="off" spellcheck="false"><ul id="lineage-hits" hidden></ul></div>
<button type="button" class="quiet" id="lineage-only" aria-pressed="false" disabled>Only this</button>
<span class="zoom"><button type="button" class="quiet" id="zoom-out" aria-label="Zoom out">−</button><button type="button" class="quiet" id="zoom-fit">Fit</button><button type="button" class="quiet" id="zoom-in" aria-label="Zoom in">+</button></span></div>
<div class="lineage-body"><div class="lineage-main"><div id="lineage-canvas">${shown}${isDrawn ? undefined : start(graph, subjects)}<p id="lineage-note" hidden></p></div>${legend(graph, subjects)}</div>
<aside class="lineage-side" aria-label="Edges"><div id="lineage-selected" aria-live="polite"></div><h3 id="lineage-edges-title">Edges <span class="count">${formatCount(graph.edges.length)}</span></h3>${edgeList(graph, subjects)}</aside></div>
${gapList(graph, subjects)}
<script type="application/json" id="lineage-data">${embeddedJson(data)}</script>`;
}

function counts(graph: LineageGraph, subjects: Subjects): Markup {
  const edges = countEdges(graph);
  const gaps = graph.gaps.length;
  return html`<p class="lineage-counts">${kindCounts(subjects).map(
    ({ kind, noun, count }) =>
      html`<span>${sign(kind)}${formatCount(count)} ${count === 1 ? noun : plural(noun)}</span>`,
  )}<span>${formatAmount(edges.datasets, 'edge')} of data</span><span>${formatAmount(edges.pipelines, 'edge')} between pipelines</span>${
    gaps > 0 ? html`<a class="warn" href="#lineage-gaps">${formatCount(gaps)} not resolved ↓</a>` : undefined
  }</p>`;
}

function plural(noun: string): string {
  if (noun === 'data') return noun;
  if (noun === 'file or folder') return 'files or folders';
  return noun === 'search index' ? 'search indexes' : `${noun}s`;
}

function legend(graph: LineageGraph, subjects: Subjects): Markup {
  const hasSteps = graph.edges.some(({ pipeline }) => pipeline !== undefined);
  const hasRuns = graph.edges.some(({ evidence }) => evidence === 'run');
  return html`<ul class="lineage-legend" aria-label="Legend">${kindCounts(subjects).map(
    ({ kind, noun }) => html`<li>${sign(kind)}${noun}</li>`,
  )}${hasSteps ? html`<li><i class="key-step"></i>pipeline that moves the data</li>` : undefined}${
    hasRuns ? html`<li><i class="key-run"></i>seen in runs only</li>` : undefined
  }</ul>`;
}

/** What many edges meet in is a good place to begin. */
function start(graph: LineageGraph, subjects: Subjects): Markup {
  const degrees = new Map<number, number>();
  for (const { from, to } of graph.edges) {
    for (const id of [from, to]) {
      const number = subjects.ofNode.get(id);
      if (number !== undefined) degrees.set(number, (degrees.get(number) ?? 0) + 1);
    }
  }
  const most = [...degrees].sort(([, left], [, right]) => right - left).slice(0, startingPoints);
  return html`<div id="lineage-start"><p><b>${formatCount(graph.nodes.length)} nodes are too many to draw at once.</b> Search for one, or start where most edges meet:</p>
<ul>${most.map(([number, degree]) => {
    const subject = subjects.all[number]!;
    return html`<li>${sign(subject.kind)}<a href="${linkToSubject(subject)}"><bdi>${subject.label}</bdi></a> <span class="sub">${formatAmount(degree, 'edge')}</span></li>`;
  })}</ul></div>`;
}
