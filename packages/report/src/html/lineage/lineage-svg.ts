import type { LineageArrow, LineageDrawing } from '../../drawing/draw-lineage.js';
import type { LineageBox } from '../../drawing/lineage-boxes.js';
import { html, type Markup } from '../../rendering/markup.js';

/** How round the corners of a box are, by kind: the rest of its looks is in the styles. */
export const cornerRadius: Readonly<Record<LineageBox['kind'], number>> = {
  pipeline: 21,
  step: 12,
  table: 4,
  file: 4,
  topic: 14,
  searchIndex: 14,
  dashboard: 4,
  data: 8,
};

/** The drawing as SVG, readable without a script. Boxes and arrows stand in their order: the script finds them by it. */
export function lineageSvg(
  { width, height, boxes, arrows }: LineageDrawing,
  { titles, label }: { titles: readonly string[]; label: string },
): Markup {
  return html`<svg id="lineage-drawing" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-label="${label}">
<defs>${['', '-up', '-down'].map((suffix) => html`<marker id="lineage-head${suffix}" class="head${suffix}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto" markerUnits="userSpaceOnUse"><path d="M0 0.5L7.5 4L0 7.5z"/></marker>`)}</defs>
<g id="lineage-all">${arrows.map(arrow)}
${boxes.map((one, index) => box(one, titles[index]!))}</g>
</svg>`;
}

function arrow({ path, back, isRun }: LineageArrow): Markup {
  return html`<path class="link${back ? ' back' : ''}${isRun ? ' run-only' : ''}" d="${path}"/>`;
}

function box({ x, y, width, height, kind, title, context, loop }: LineageBox, name: string): Markup {
  const rect = html`<rect width="${width}" height="${height}" rx="${cornerRadius[kind]}"/>`;
  const start = html`<g class="box ${kind}" transform="translate(${x} ${y})"><title>${name}</title>${rect}`;
  if (kind === 'step') return html`${start}<text x="${width / 2}" y="16">${title}</text></g>`;
  return html`${start}<use href="#sign-${kind}" x="11" y="${height / 2 - 8}" width="16" height="16"/><text class="label" x="35" y="${context === '' ? 26 : 18}">${title}</text>${
    context === '' ? undefined : html`<text class="type" x="35" y="33">${context}</text>`
  }${loop ? html`<text class="loop" x="${width - 16}" y="15">↻</text>` : undefined}</g>`;
}
