import type { LineageGraph } from '@flowmeta/connector';
import { html } from '../../rendering/markup.js';
import { page } from '../../rendering/page.js';
import { printable } from '../../rendering/printable.js';
import { lineageScript } from '../client/script.js';
import { lineageScriptHash, stylesHash } from '../content-hashes.js';
import { styles } from '../styles.js';
import { lineageView } from './lineage-view.js';

export interface LineageHtmlOptions {
  /** Stands at the top and in the browser's tab; default `Lineage`. */
  title?: string;
}

/**
 * The lineage as one HTML file that needs nothing else: drawn from left to right, with search, zoom, and what leads to and follows
 * from what one clicks; edges with statement and columns; what could not be resolved and what to do about it. Makes no request;
 * its content policy lets only its own script and styles work. Without a script the drawing and the lists are still there.
 * Up to 400 nodes are drawn at once, more around what is selected.
 */
export function renderLineageHtml(graph: LineageGraph, options: LineageHtmlOptions = {}): string {
  const title = printable(options.title ?? 'Lineage');
  return page({
    title: `${title}: Flowmeta`,
    styles: { text: styles, hash: stylesHash },
    script: { text: lineageScript, hash: lineageScriptHash },
    body: html`<main class="wide">
<header class="top"><p class="eyebrow">Flowmeta</p><h1>${title}</h1></header>
<article id="lineage">${lineageView(graph)}</article>
<footer>Written by Flowmeta.</footer>
</main>`,
  });
}
