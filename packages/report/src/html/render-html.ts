import type { RunReport } from '@flowmeta/connector';
import { formatCount, formatInstant } from '../rendering/format.js';
import { embeddedJson, html, type Markup } from '../rendering/markup.js';
import { page } from '../rendering/page.js';
import { script } from './client/script.js';
import { scriptHash, stylesHash } from './content-hashes.js';
import { pipelineDetails } from './details.js';
import { findings } from './findings.js';
import { header, requestTables } from './header.js';
import { lineageView } from './lineage/lineage-view.js';
import { pipelineTable } from './pipeline-table.js';
import { styles } from './styles.js';

/**
 * The report as one HTML file that needs nothing else: it makes no request, and its content policy lets only its own
 * script and styles work. All text of the source is escaped; only http and https addresses become links. Details of
 * a pipeline open at `#pipeline=NAME`, the lineage at `#lineage`. Times are UTC, ages are relative to the end of the run.
 */
export function renderHtml(report: RunReport): string {
  return page({
    title: `${report.target.service}: Flowmeta run report`,
    styles: { text: styles, hash: stylesHash },
    script: { text: script, hash: scriptHash },
    body: html`<main>
${views(report)}<div id="overview">
${header(report)}
${findings(report)}
${pipelineTable(report)}
${requestTables(report)}
</div>
<article id="detail" hidden></article>
${lineage(report)}<footer>Written by Flowmeta at ${formatInstant(report.endedAt)}. All times are UTC; ages are seen from that moment.</footer>
</main>
<script type="application/json" id="data">${embeddedJson(pipelineDetails(report))}</script>`,
  });
}

function hasLineage({ lineage }: RunReport): boolean {
  return lineage !== undefined && (lineage.edges.length > 0 || lineage.gaps.length > 0);
}

function views(report: RunReport): Markup | undefined {
  if (!hasLineage(report)) return undefined;
  return html`<nav class="views" aria-label="Views"><a href="#" aria-current="page">Run</a><a href="#lineage">Lineage <span class="count">${formatCount(report.lineage!.edges.length)}</span></a></nav>
`;
}

function lineage(report: RunReport): Markup | undefined {
  if (!hasLineage(report)) return undefined;
  const details = new Set(report.pipelines.map(({ name }) => name));
  return html`<article id="lineage">${lineageView(report.lineage!, { details })}</article>
`;
}
