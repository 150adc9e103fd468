import { html, page } from '@flowmeta/report/rendering';
import { notesOf } from '../summary.js';
import type { HealthReport } from '../types.js';
import { header, idle, problems, tops } from './sections.js';
import { statisticsTable } from './statistics-table.js';
import { styles } from './styles.js';
import { stylesHash } from './styles-hash.js';

/**
 * The report as one HTML file without a script that needs nothing else: it makes no request, and its content policy lets
 * only its own styles work. All names are escaped. Times are UTC.
 */
export function renderHealthHtml(report: HealthReport): string {
  return page({
    title: `Plugin health: ${report.health}`,
    styles: { text: styles, hash: stylesHash },
    body: html`<main>
${header(report)}
<div class="problems">${problems(report)}</div>
${tops(report)}
<section aria-labelledby="plugins-title"><h2 id="plugins-title">Plugins and their task types</h2>
${statisticsTable(report)}</section>
<div class="idle">${idle(report)}</div>
<div class="notes">${notesOf(report).map((note) => html`<p>${note}</p>`)}</div>
<footer>Written by Flowmeta. All times are UTC.</footer>
</main>`,
  });
}
