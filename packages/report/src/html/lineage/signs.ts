import type { LineageKind } from '../../lineage/kinds.js';
import { type Markup, trusted } from '../../rendering/markup.js';

/** A sign for each kind, in a square of 16. */
const shapes: Readonly<Record<LineageKind, string>> = {
  pipeline:
    '<path d="M5 8h2.5c2 0 1-4 3.5-4M7.5 8c2 0 1 4 3.5 4"/><circle cx="3.4" cy="8" r="1.7"/><circle cx="12.7" cy="4" r="1.7"/><circle cx="12.7" cy="12" r="1.7"/>',
  table: '<rect x="2" y="2.8" width="12" height="10.4" rx="1.4"/><path d="M2 6.3h12M2 9.8h12M6.4 6.3v6.9"/>',
  file: '<path d="M3.8 1.8h5.4l3 3v9.4H3.8zM9.2 1.8v3h3"/>',
  topic: '<path d="M2 4.6h8.4M2 8h11.6M2 11.4h8.4M11.2 5.6L13.6 8l-2.4 2.4"/>',
  searchIndex: '<circle cx="7" cy="7" r="4.4"/><path d="M10.2 10.2L14 14"/>',
  dashboard: '<path d="M2.5 13.5h11M4.5 11V7.5M8 11V3.5M11.5 11V6"/>',
  data: '<ellipse cx="8" cy="4.2" rx="5" ry="2"/><path d="M3 4.2v7.6c0 1.1 2.2 2 5 2s5-.9 5-2V4.2"/>',
};

/** Put once into a page; `use` refers to them as `#sign-KIND`. */
export const signSymbols: Markup = trusted(
  `<svg class="symbols" width="0" height="0" aria-hidden="true"><defs>${Object.entries(shapes)
    .map(([kind, shape]) => `<symbol id="sign-${kind}" viewBox="0 0 16 16">${shape}</symbol>`)
    .join('')}</defs></svg>`,
);

/** A sign in a line of text. */
export function sign(kind: LineageKind): Markup {
  return trusted(
    `<svg class="sign-of ${kind}" width="16" height="16" aria-hidden="true"><use href="#sign-${kind}"/></svg>`,
  );
}
