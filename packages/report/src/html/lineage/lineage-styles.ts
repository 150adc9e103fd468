/** The styles of the lineage. Colours by kind; those of what leads to and what follows from the selected are apart from them. */
export const lineageStyles = `
:root {
  --pipeline: #3364d6; --table: #1d8a54; --file: #b06d00; --topic: #7d55c7; --search-index: #0b8494; --dashboard: #c2417c; --data: #66727f;
  --up: #8a4fd0; --down: #2f6fe0; --link-line: #b3bcc8; --canvas: #fafbfc; --step: #eaf0fd;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --pipeline: #86a8ff; --table: #4dbd88; --file: #e0a548; --topic: #b799f4; --search-index: #4dc0ce; --dashboard: #ef82b0; --data: #9aa6b4;
    --up: #bf94ff; --down: #6ea3ff; --link-line: #465361; --canvas: #12181f; --step: #1d2940;
  }
}
main.wide { max-width: 2000px; }
#lineage { scroll-margin-top: 140px; }
.views { display: flex; gap: 4px; margin: -6px 0 18px; border-bottom: 1px solid var(--line); }
.views a { padding: 7px 14px 8px; border-bottom: 2px solid transparent; margin-bottom: -1px; color: var(--soft); font-weight: 600; font-size: 14px; }
.views a:hover { text-decoration: none; color: var(--ink); }
.views a[aria-current] { color: var(--ink); border-color: var(--link); }
.views .count { font-weight: 400; }
svg.symbols { position: absolute; }
.sign-of { vertical-align: -3px; margin-right: 5px; fill: none; stroke-width: 1.3; stroke-linejoin: round; stroke-linecap: round; flex: none; }
.sign-of.pipeline { stroke: var(--pipeline); } .sign-of.table { stroke: var(--table); } .sign-of.file { stroke: var(--file); } .sign-of.topic { stroke: var(--topic); }
.sign-of.searchIndex { stroke: var(--search-index); } .sign-of.dashboard { stroke: var(--dashboard); } .sign-of.data { stroke: var(--data); }

.lineage-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 22px; margin: 0 0 12px; }
.lineage-head h2 { margin: 0; }
header.top + #lineage .lineage-head h2 { display: none; }
header.top + #lineage { display: block; margin-top: 14px; }
.lineage-counts { display: flex; flex-wrap: wrap; gap: 2px 18px; color: var(--soft); font-size: 14px; }
.lineage-counts .warn { color: var(--warn); }
.lineage-controls { position: relative; }
.finder { position: relative; flex: 1 1 260px; max-width: 560px; display: flex; }
#lineage-hits { position: absolute; z-index: 3; top: calc(100% + 4px); left: 0; right: 0; max-height: 420px; overflow: auto; background: var(--card); border: 1px solid var(--line); border-radius: 9px; box-shadow: 0 8px 28px rgb(10 20 40 / 18%); padding: 4px; font-size: 14px; }
#lineage-hits a { display: block; padding: 5px 9px; border-radius: 6px; color: var(--ink); overflow-wrap: anywhere; }
#lineage-hits a:hover, #lineage-hits a:focus { background: var(--hover); text-decoration: none; }
#lineage-hits li.sub { padding: 5px 9px; }
.lineage-controls button { cursor: pointer; }
.lineage-controls button:disabled { opacity: 0.45; cursor: default; }
.zoom { display: inline-flex; margin-left: auto; }
.zoom button { border-radius: 0; margin-left: -1px; min-width: 36px; }
.zoom button:first-child { border-radius: 7px 0 0 7px; } .zoom button:last-child { border-radius: 0 7px 7px 0; }
.zoom button:hover, #lineage-only:not(:disabled):hover { background: var(--hover); }

.lineage-body { display: grid; grid-template-columns: minmax(0, 1fr) 360px; gap: 14px; align-items: stretch; }
.lineage-main { min-width: 0; }
#lineage-canvas { position: relative; height: max(460px, 100vh - 250px); overflow: auto; background: var(--canvas); border: 1px solid var(--line); border-radius: 10px; }
#lineage-canvas.live { overflow: hidden; cursor: grab; touch-action: none; user-select: none; }
#lineage-canvas.dragging, #lineage-canvas.dragging .box { cursor: grabbing; }
#lineage-drawing { display: block; }
#lineage-note { position: absolute; left: 12px; bottom: 12px; padding: 5px 11px; border-radius: 7px; background: var(--card); border: 1px solid var(--line); color: var(--soft); font-size: 13px; }
#lineage-start { padding: 22px 26px; height: 100%; overflow: auto; cursor: default; user-select: text; touch-action: auto; }
#lineage-start ul { margin-top: 12px; columns: 2 320px; column-gap: 28px; }
#lineage-start li { padding: 3px 0; break-inside: avoid; overflow-wrap: anywhere; }
.lineage-legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin-top: 8px; color: var(--soft); font-size: 13px; }
.key-step { display: inline-block; width: 24px; height: 12px; border-radius: 6px; border: 1px solid var(--pipeline); background: var(--step); margin-right: 6px; vertical-align: -1px; }
.key-run { display: inline-block; width: 22px; border-top: 2px dashed var(--calm); margin-right: 6px; vertical-align: 4px; }

.link { fill: none; stroke: var(--link-line); stroke-width: 1.5; marker-end: url(#lineage-head); }
.link.back { stroke: var(--warn); }
.link.run-only { stroke-dasharray: 6 4; }
.link.up { stroke: var(--up); stroke-width: 2; marker-end: url(#lineage-head-up); }
.link.down { stroke: var(--down); stroke-width: 2; marker-end: url(#lineage-head-down); }
#lineage-drawing marker path { fill: var(--calm); } #lineage-drawing .head-up path { fill: var(--up); } #lineage-drawing .head-down path { fill: var(--down); }
.box rect { fill: var(--card); stroke: var(--line); stroke-width: 1.3; }
.box text { fill: var(--ink); font-size: 12.5px; font-weight: 600; unicode-bidi: isolate; pointer-events: none; }
.box text.type { fill: var(--soft); font-size: 11px; font-weight: 400; }
.box text.loop { fill: var(--soft); font-size: 12px; }
.box use { fill: none; stroke-width: 1.3; stroke-linejoin: round; stroke-linecap: round; }
.box.pipeline use { stroke: var(--pipeline); } .box.table use { stroke: var(--table); } .box.file use { stroke: var(--file); } .box.topic use { stroke: var(--topic); }
.box.searchIndex use { stroke: var(--search-index); } .box.dashboard use { stroke: var(--dashboard); } .box.data use { stroke: var(--data); }
.box.pipeline rect { stroke: color-mix(in srgb, var(--pipeline) 60%, var(--line)); } .box.table rect { stroke: color-mix(in srgb, var(--table) 45%, var(--line)); }
.box.file rect { stroke: color-mix(in srgb, var(--file) 45%, var(--line)); } .box.topic rect { stroke: color-mix(in srgb, var(--topic) 50%, var(--line)); }
.box.searchIndex rect { stroke: color-mix(in srgb, var(--search-index) 50%, var(--line)); } .box.dashboard rect { stroke: color-mix(in srgb, var(--dashboard) 50%, var(--line)); }
.box.step rect { fill: var(--step); stroke: color-mix(in srgb, var(--pipeline) 35%, var(--line)); }
.box.step text { fill: var(--pipeline); font-size: 11px; font-weight: 500; text-anchor: middle; }
.live .box { cursor: pointer; outline: none; }
.live .box:hover rect { stroke: var(--link); }
.box:focus-visible rect { stroke: var(--link); stroke-width: 3; }
.box.up rect { stroke: var(--up); stroke-width: 1.8; } .box.down rect { stroke: var(--down); stroke-width: 1.8; }
.box.self rect { stroke: var(--link); stroke-width: 2.6; fill: color-mix(in srgb, var(--link) 13%, var(--card)); }
.tracing .box:not(.up, .down, .self) { opacity: 0.3; }
.tracing .link:not(.up, .down) { opacity: 0.22; }
.searching .box:not(.hit) { opacity: 0.25; }
.searching .link { opacity: 0.15; }
.searching .box.hit rect { stroke: var(--warn); stroke-width: 2.4; }

.lineage-side { display: flex; flex-direction: column; min-width: 0; height: max(460px, 100vh - 250px); background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.lineage-side > h3 { margin: 0; padding: 11px 14px 8px; }
.chosen { position: relative; padding: 12px 14px; border-bottom: 1px solid var(--line); background: color-mix(in srgb, var(--link) 5%, var(--card)); }
.chosen h3 { margin: 1px 30px 8px 0; overflow-wrap: anywhere; }
.chosen dl { gap: 3px 14px; font-size: 13.5px; }
.chosen dd.up { color: var(--up); font-weight: 600; } .chosen dd.down { color: var(--down); font-weight: 600; }
.chosen .links { display: flex; flex-wrap: wrap; gap: 2px 16px; margin-top: 7px; font-size: 14px; }
.chosen .close { position: absolute; top: 9px; right: 9px; padding: 0 8px; font-size: 17px; line-height: 1.4; cursor: pointer; }
#lineage-edges { overflow: auto; border-top: 1px solid var(--line); min-height: 0; flex: 1; font-size: 14px; }
#lineage-edges > li { padding: 9px 14px; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; content-visibility: auto; contain-intrinsic-size: auto 74px; }
#lineage-edges .ends a { color: var(--ink); font-weight: 600; } #lineage-edges .ends .arrow { color: var(--soft); }
#lineage-edges .sub a { color: inherit; text-decoration: underline; text-decoration-color: var(--line); }
#lineage-edges summary { color: var(--soft); font-size: 13px; margin-top: 3px; }
#lineage-edges pre { margin: 6px 0; padding: 9px 11px; max-height: 300px; overflow: auto; background: var(--page); border: 1px solid var(--line); border-radius: 7px; }
#lineage-edges pre code { font-size: 12px; }
#lineage-edges table.plain { font-size: 13px; margin-top: 4px; }
#lineage-edges table.plain td:nth-child(2) { color: var(--soft); width: 1px; }
#lineage-gaps h2 { scroll-margin-top: 12px; }
#lineage-gaps .part { border-top: 1px solid var(--line); }
#lineage-gaps .part ul { border-top: 0; padding-bottom: 5px; }
#lineage-gaps .part li { border-bottom: 0; padding: 4px 14px 4px 32px; }
#lineage-gaps .part > .hint { padding: 8px 14px 2px 32px; color: var(--ink); }
#lineage-gaps .may { font-size: 13.5px; color: var(--soft); }

@media (max-width: 1020px) {
  .lineage-body { grid-template-columns: minmax(0, 1fr); }
  #lineage-canvas { height: max(380px, 62vh); }
  .lineage-side { height: auto; max-height: 70vh; }
}
@media print {
  .views, .lineage-controls, .chosen .close { display: none; }
  .lineage-body { display: block; }
  #lineage-canvas, .lineage-side { height: auto; max-height: none; overflow: visible; }
  #lineage-drawing { width: 100%; height: auto; }
  #lineage-edges { overflow: visible; }
}
`;
