import type { RunReport } from '@flowmeta/connector';
import { formatInstant } from '../format.js';
import { script } from './client/script.js';
import { scriptHash, stylesHash } from './content-hashes.js';
import { pipelineDetails } from './details.js';
import { findings } from './findings.js';
import { header, requestTables } from './header.js';
import { embeddedJson, html, trusted } from './markup.js';
import { pipelineTable } from './pipeline-table.js';
import { styles } from './styles.js';

const policy = [
  "default-src 'none'",
  `script-src 'sha256-${scriptHash}'`,
  `style-src 'sha256-${stylesHash}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * The report as one HTML file that needs nothing else: it makes no request, and its content policy lets only its own
 * script and styles work. All text of the source is escaped; only http and https addresses become links. Details of
 * a pipeline open at `#pipeline=NAME`. Times are UTC, ages are relative to the end of the run.
 */
export function renderHtml(report: RunReport): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Flowmeta">
<link rel="icon" href="data:,">
<title>${report.target.service}: Flowmeta run report</title>
<style>${trusted(styles)}</style>
</head>
<body>
<main>
<div id="overview">
${header(report)}
${findings(report)}
${pipelineTable(report)}
${requestTables(report)}
</div>
<article id="detail" hidden></article>
<footer>Written by Flowmeta at ${formatInstant(report.endedAt)}. All times are UTC; ages are seen from that moment.</footer>
</main>
<script type="application/json" id="data">${embeddedJson(pipelineDetails(report))}</script>
<script>${trusted(script)}</script>
</body>
</html>
`.markup;
}
