import type { LineageGap, LineageGraph } from '@flowmeta/connector';
import { type GapGroup, gapGroups } from '../../lineage/gaps.js';
import { formatCount } from '../../rendering/format.js';
import { html, type Markup } from '../../rendering/markup.js';
import { printable } from '../../rendering/printable.js';
import { linkToSubject, type Subjects } from './subjects.js';

/** A group with more gaps than this is closed at first; of those with one hint, no more than `mostListed` are listed. */
const mostOpen = 12;
const mostListed = 300;

/** What could not be resolved, by reason, with what to do about it; nothing when there is nothing. */
export function gapList(graph: LineageGraph, subjects: Subjects): Markup | undefined {
  const groups = gapGroups(graph.gaps);
  if (groups.length === 0) return undefined;
  return html`<section class="findings" id="lineage-gaps" aria-labelledby="gaps-title"><h2 id="gaps-title">Not resolved <span class="count">${formatCount(graph.gaps.length)}</span></h2>
${groups.map((group) => gapGroup(group, subjects))}</section>`;
}

function gapGroup({ title, parts, count }: GapGroup, subjects: Subjects): Markup {
  return html`<details class="group"${count <= mostOpen ? html` open` : undefined}><summary><i class="dot warn"></i><b>${title}</b> <span class="count">${formatCount(count)}</span></summary>
${parts.map(
  ({ hint, gaps }) => html`<div class="part">${hint === '' ? undefined : html`<p class="hint">${printable(hint)}</p>`}
<ul>${gaps.slice(0, mostListed).map((gap) => gapItem(gap, subjects))}${
    gaps.length > mostListed ? html`<li class="sub">and ${formatCount(gaps.length - mostListed)} more</li>` : undefined
  }</ul></div>`,
)}</details>`;
}

function gapItem({ pipeline, task, message, candidates = [] }: LineageGap, subjects: Subjects): Markup {
  const subject = subjects.all[subjects.ofPipeline.get(pipeline) ?? -1];
  const place = html`<bdi>${printable(pipeline)}</bdi>`;
  return html`<li><p><b class="ref">${subject === undefined ? place : html`<a href="${linkToSubject(subject)}">${place}</a>`}</b> ${
    task === undefined ? undefined : html`<span class="sub">task <bdi>${printable(task)}</bdi></span> `
  }<bdi>${printable(message)}</bdi></p>${
    candidates.length === 0
      ? undefined
      : html`<p class="may">May be ${candidates.map((candidate, index) => html`${index === 0 ? undefined : ', '}<code>${printable(candidate)}</code>`)}</p>`
  }</li>`;
}
