export { renderDot } from './dot.js';
export { type Arrow, type Box, type Drawing, drawTaskGraph, type Frame } from './drawing/draw-task-graph.js';
export { renderHtml } from './html/render-html.js';
export { renderJson } from './json.js';
export { renderMarkdown } from './markdown.js';
export { renderMermaid } from './mermaid.js';
export type { TaskGraph } from './task-graph.js';
export { renderText, type TextColours, type TextOptions } from './text.js';
