export { plain, type TextColours } from './colours.js';
export { formatAmount, formatCount, formatDuration, formatInstant } from './format.js';
export { escapeText, table } from './markdown-text.js';
export { type Content, html, type Markup, trusted } from './markup.js';
export { type Embedded, page } from './page.js';
export { printable } from './printable.js';
export { safeUrl } from './safe-url.js';
