import { notesOf } from '../summary.js';
import type { HealthReport } from '../types.js';
import { html, trusted } from './markup.js';
import { header, idle, problems, tops } from './sections.js';
import { statisticsTable } from './statistics-table.js';
import { styles } from './styles.js';
import { stylesHash } from './styles-hash.js';

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${stylesHash}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * The report as one HTML file without a script that needs nothing else: it makes no request, and its content policy lets
 * only its own styles work. All names are escaped. Times are UTC.
 */
export function renderHealthHtml(report: HealthReport): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Flowmeta">
<link rel="icon" href="data:,">
<title>Plugin health: ${report.health}</title>
<style>${trusted(styles)}</style>
</head>
<body>
<main>
${header(report)}
<div class="problems">${problems(report)}</div>
${tops(report)}
<section aria-labelledby="plugins-title"><h2 id="plugins-title">Plugins and their task types</h2>
${statisticsTable(report)}</section>
<div class="idle">${idle(report)}</div>
<div class="notes">${notesOf(report).map((note) => html`<p>${note}</p>`)}</div>
<footer>Written by Flowmeta. All times are UTC.</footer>
</main>
</body>
</html>
`.markup;
}
