import type { Finding, RunReport } from '@flowmeta/connector';
import { formatCount } from '../rendering/format.js';
import { html, type Markup } from '../rendering/markup.js';
import { type FindingGroup, findingGroups } from '../summary.js';
import { linkToPipeline } from './link-to-pipeline.js';
import { findingTones } from './states.js';

/** Warnings, and a group with more findings than this, are closed at first. */
const mostOpen = 8;

/** What was lost or needs attention, with reasons and hints; nothing when there is nothing. */
export function findings(report: RunReport): Markup {
  const groups = findingGroups(report);
  if (groups.length === 0) return html``;
  const names = new Set(report.pipelines.map(({ name }) => name));
  return html`<section class="findings" aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2>
${groups.map((group) => findingGroup(group, names))}</section>`;
}

function findingGroup({ kind, title, explanation, findings }: FindingGroup, names: ReadonlySet<string>): Markup {
  const isOpen = findings.length <= mostOpen && kind !== 'warning';
  return html`<details class="group"${isOpen ? html` open` : undefined}><summary><i class="dot ${findingTones[kind]}"></i><b>${title}</b> <span class="count">${formatCount(findings.length)}</span> <span class="explanation">${explanation}</span></summary>
<ul>${findings.map((finding) => findingItem(finding, names))}</ul></details>`;
}

function findingItem({ ref, message, hint, count }: Finding, names: ReadonlySet<string>): Markup {
  const subject = names.has(ref) ? html`<a href="${linkToPipeline(ref)}">${ref}</a>` : html`${ref}`;
  return html`<li><p><b class="ref">${subject}</b> <span>${message}</span>${
    count > 1 ? html` <span class="count">× ${formatCount(count)}</span>` : undefined
  }</p>${hint === undefined ? undefined : html`<p class="hint">${hint}</p>`}</li>`;
}
