import { lineageStyles } from './lineage/lineage-styles.js';

/** The page's styles. Colours by meaning; dark and light follow the system; paper gets what matters. */
export const styles = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --ink: #18202c; --soft: #5a6675; --line: #e0e4ea; --hover: #f0f3f9; --link: #2a55c4;
  --good: #1d8a54; --warn: #b86e00; --bad: #cb3a34; --info: #3364d6; --open: #3f8fd2; --pause: #7d55c7; --calm: #8b96a6; --faint: #c3cad4;
  --error-frame: #fdf1f0; --finally-frame: #f0f4fd; --after-frame: #f4f0fb; --shadow: 0 1px 2px rgb(20 30 50 / 6%);
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0f141a; --card: #171d26; --ink: #e4e9f0; --soft: #98a4b4; --line: #2a333f; --hover: #1e2631; --link: #8db0ff;
    --good: #3fb37d; --warn: #dd9d3a; --bad: #ee6a62; --info: #7ea3ff; --open: #62b0ea; --pause: #b193f2; --calm: #7c8898; --faint: #465161;
    --error-frame: #261a1d; --finally-frame: #182030; --after-frame: #201b2e; --shadow: none;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 28px 24px 64px; }
h1, h2, h3, p, ul, dl { margin: 0; padding: 0; }
ul { list-style: none; }
h1 { font-size: 27px; line-height: 1.2; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 32px 0 12px; }
h3 { font-size: 15px; margin: 0 0 10px; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
h2:focus { outline: none; }
code { font: 13px/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.sub, .small { color: var(--soft); font-size: 13px; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.eyebrow { color: var(--soft); font-size: 13px; margin-bottom: 4px; }
.route { margin-top: 6px; overflow-wrap: anywhere; }
.route .arrow { color: var(--soft); margin: 0 9px; }
.when { color: var(--soft); font-size: 13px; margin-top: 2px; overflow-wrap: anywhere; }
.note { margin-top: 10px; padding: 8px 12px; border: 1px solid color-mix(in srgb, var(--warn) 45%, transparent); background: color-mix(in srgb, var(--warn) 9%, transparent); border-radius: 7px; overflow-wrap: anywhere; }

.tiles { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 12px; margin-top: 22px; }
.tile, .group, .table, #detail > section, #detail .columns > section, .requests { background: var(--card); border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow); }
.tile { padding: 14px 16px; }
.what { color: var(--soft); font-size: 13px; }
.big { font-size: 26px; font-weight: 650; line-height: 1.3; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; }
.unit { font-size: 13px; font-weight: 400; color: var(--soft); margin-left: 6px; letter-spacing: 0; }
.outcome.tile .big { font-size: 20px; line-height: 1.35; padding: 3px 0 2px; }
.outcome.tile.good { border-color: var(--good); } .outcome.tile.warn { border-color: var(--warn); } .outcome.tile.bad { border-color: var(--bad); }
.sign { display: inline-grid; place-items: center; width: 22px; height: 22px; margin-right: 8px; border-radius: 50%; color: var(--card); font-size: 13px; vertical-align: 2px; }
.good .sign { background: var(--good); } .warn .sign { background: var(--warn); } .bad .sign { background: var(--bad); }
svg.bar { display: block; width: 100%; height: 6px; margin: 7px 0 9px; border-radius: 3px; background: var(--line); }
.legend { display: flex; flex-wrap: wrap; gap: 1px 12px; font-size: 12.5px; color: var(--soft); }
.legend.plain { display: block; margin-top: 4px; }
.outcome .legend { margin-top: 8px; }
.dot { display: inline-block; width: 8px; height: 8px; margin-right: 5px; border-radius: 50%; }
i.good, .run.good { background: var(--good); } i.warn, .run.warn { background: var(--warn); } i.bad, .run.bad { background: var(--bad); }
i.info, .run.info { background: var(--info); } i.calm, .run.calm { background: var(--calm); } i.faint, .run.faint { background: var(--faint); }
.run.open { background: var(--open); } .run.pause { background: var(--pause); }
rect.good { fill: var(--good); } rect.warn { fill: var(--warn); } rect.bad { fill: var(--bad); } rect.info { fill: var(--info); }
rect.calm { fill: var(--calm); } rect.faint { fill: var(--faint); } rect.open { fill: var(--open); } rect.pause { fill: var(--pause); }

.group { margin-bottom: 8px; overflow: hidden; }
.group summary { padding: 9px 14px; cursor: pointer; }
.group summary:hover { background: var(--hover); }
.explanation { color: var(--soft); font-size: 13px; margin-left: 6px; }
.count { display: inline-block; padding: 0 7px; border-radius: 9px; background: var(--hover); color: var(--soft); font-size: 12.5px; font-variant-numeric: tabular-nums; }
.group ul { max-height: 420px; overflow: auto; border-top: 1px solid var(--line); }
.group li { padding: 8px 14px 8px 32px; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.group li:last-child { border-bottom: 0; }
.group .ref { font-weight: 600; margin-right: 4px; }
.hint { color: var(--soft); font-size: 13.5px; }
.hint::before { content: "→ "; }

.controls { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 10px; }
input, select, button.quiet { font: inherit; font-size: 14px; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: 6px 10px; }
input { flex: 1 1 260px; min-width: 0; }
select { max-width: 190px; }
#shown { color: var(--soft); font-size: 13px; margin-left: auto; }
.table { overflow: clip; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
#pipelines th { position: sticky; top: 0; z-index: 1; background: var(--card); box-shadow: inset 0 -1px var(--line); text-align: left; padding: 0; }
#pipelines th button { all: unset; box-sizing: border-box; width: 100%; padding: 9px 12px; cursor: pointer; color: var(--soft); font-size: 13px; font-weight: 600; white-space: nowrap; }
#pipelines th button:hover { color: var(--ink); }
#pipelines th button:focus-visible { outline: 2px solid var(--link); outline-offset: -2px; }
th[aria-sort] button { color: var(--ink) !important; }
th[aria-sort="ascending"] button::after { content: " ↑"; } th[aria-sort="descending"] button::after { content: " ↓"; }
#pipelines td { padding: 8px 12px; border-top: 1px solid var(--line); vertical-align: top; }
#pipelines tbody tr { cursor: pointer; }
#pipelines tbody tr:hover { background: var(--hover); }
td.name { min-width: 190px; overflow-wrap: anywhere; }
@media (min-width: 1021px) { td.name .implied { display: none !important; } }
td.name a { font-weight: 600; }
td.name .sub, td.namespace .sub { display: block; font-size: 12.5px; }
td.namespace { color: var(--soft); overflow-wrap: anywhere; max-width: 190px; }
td.outcome .badge { white-space: nowrap; }
td.schedule code { white-space: nowrap; }
td.schedule .sub { font-size: 12px; }
td.tasks, th.tasks button { text-align: right; font-variant-numeric: tabular-nums; }
td.runs, td.last { white-space: nowrap; }
td.runs .sub { margin-left: 7px; font-size: 12.5px; }
.strip { display: inline-flex; gap: 2px; vertical-align: middle; }
.run { display: inline-grid; place-items: center; width: 14px; height: 16px; border-radius: 3px; color: var(--card); font: 700 11px/1 system-ui, sans-serif; vertical-align: middle; flex: none; }
a.run:hover { text-decoration: none; filter: brightness(1.15); outline: 1px solid var(--ink); }
.badge { display: inline-block; padding: 1px 8px; border-radius: 10px; border: 1px solid currentcolor; font-size: 12px; line-height: 1.45; }
.badge.good { color: var(--good); } .badge.info { color: var(--info); } .badge.warn { color: var(--warn); } .badge.bad { color: var(--bad); } .badge.pause { color: var(--pause); }
.badge.calm, .badge.faint { color: var(--soft); border-color: var(--line); }
#none { padding: 24px; text-align: center; color: var(--soft); }

#detail nav { display: flex; gap: 18px; font-size: 14px; margin-bottom: 14px; }
#detail .back { margin-right: auto; }
#detail h2 { margin: 0 0 6px; font-size: 25px; line-height: 1.25; overflow-wrap: anywhere; }
#detail .source { margin-left: 8px; font-size: 14px; }
.description { margin-top: 12px; max-width: 80ch; white-space: pre-wrap; overflow-wrap: anywhere; }
#detail > section, #detail .columns > section { padding: 16px 18px; margin-top: 18px; min-width: 0; }
.columns { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 18px; align-items: start; }
.graph-head { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; margin-bottom: 10px; }
.graph-head button { margin-left: auto; font-size: 13px; padding: 3px 10px; cursor: pointer; }
button[aria-pressed="true"] { border-color: var(--link); color: var(--link); }
.keys { display: flex; gap: 14px; font-size: 13px; color: var(--soft); }
.keys li::before { content: ""; display: inline-block; width: 20px; margin-right: 6px; vertical-align: 4px; border-top: 2px dashed var(--calm); }
.keys .key-back::before { border-color: var(--warn); }
.canvas { overflow: auto; max-height: 76vh; border: 1px solid var(--line); border-radius: 8px; background: var(--page); }
svg.graph { display: block; margin: 0 auto; }
.canvas.fit svg.graph { width: 100%; height: auto; }
.task rect { fill: var(--card); stroke: var(--calm); stroke-width: 1.2; }
.task text { fill: var(--ink); font-size: 12.5px; font-weight: 600; }
.task text.type { fill: var(--soft); font-size: 11px; font-weight: 400; }
.task.branch-error rect { stroke: var(--bad); } .task.branch-finally rect { stroke: var(--info); } .task.branch-afterExecution rect, .task.branch-other rect { stroke: var(--pause); }
.task.off rect { stroke-dasharray: 5 4; fill: none; }
.task.off text { fill: var(--soft); }
.frame rect { fill: var(--after-frame); stroke: var(--line); }
.frame text { font-size: 12px; font-weight: 600; fill: var(--pause); }
.frame.branch-error rect { fill: var(--error-frame); } .frame.branch-error text { fill: var(--bad); }
.frame.branch-finally rect { fill: var(--finally-frame); } .frame.branch-finally text { fill: var(--info); }
path.arrow { fill: none; stroke: var(--calm); stroke-width: 1.4; }
path.arrow.back { stroke: var(--warn); stroke-dasharray: 5 4; }
marker path { fill: var(--calm); }
.tracing .task:not(.near) { opacity: 0.55; }
.tracing path.arrow:not(.near) { opacity: 0.25; }
.tracing path.arrow.near { stroke: var(--link); stroke-width: 2; }
.tracing .task.near rect { stroke-width: 2; }
.task-list { margin-top: 12px; }
summary { cursor: pointer; }
.task-list summary, .requests summary { font-size: 14px; color: var(--soft); }
.requests { margin-top: 28px; padding: 10px 16px; }
table.plain td, table.plain th { padding: 5px 10px 5px 0; text-align: left; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
table.plain th { color: var(--soft); font-size: 13px; }
table.plain td.number { text-align: right; white-space: nowrap; }
table.plain tr:first-child td { border-top: 0; }
table.plain caption { text-align: left; font-weight: 600; padding: 8px 0; }
table.runs td { white-space: nowrap; }
td.duration { width: 99%; min-width: 60px; padding-right: 0 !important; }
svg.duration { display: block; width: 100%; height: 8px; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 7px 18px; font-size: 14px; }
dt { color: var(--soft); }
dd { margin: 0; white-space: pre-line; overflow-wrap: anywhere; }
dd .label { display: inline-block; margin: 0 6px 4px 0; padding: 0 8px; border: 1px solid var(--line); border-radius: 5px; background: var(--page); font-size: 13px; }
footer { margin-top: 40px; color: var(--soft); font-size: 13px; }

@media (max-width: 1020px) {
  .tiles { grid-template-columns: repeat(6, minmax(0, 1fr)); }
  .tile { grid-column: span 2; } .tile:nth-child(n + 4) { grid-column: span 3; }
  .namespace { display: none; }
  select#namespace { display: inline-block; }
}
@media (max-width: 760px) {
  main { padding: 18px 14px 40px; }
  .columns { grid-template-columns: minmax(0, 1fr); gap: 0; }
  #pipelines .schedule, #pipelines .tasks { display: none; }
  #pipelines td, #pipelines th button { padding-left: 9px; padding-right: 9px; }
  .explanation { display: none; }
  td.last .sub, td.runs .sub { display: block; margin-left: 0; }
  td.name { min-width: 150px; }
  #shown { margin-left: 0; }
}
@media (max-width: 540px) {
  .tile, .tile:nth-child(n + 4) { grid-column: span 6; }
  #pipelines .last { display: none; }
}
@media print {
  :root { --page: #fff; --shadow: none; }
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  .controls, #detail nav, .graph-head button, .requests:not([open]) { display: none; }
  .group ul, .canvas { max-height: none; overflow: visible; }
  .canvas svg.graph { width: 100%; height: auto; max-height: 24cm; }
  #pipelines th { position: static; }
  tr, .tile, .group li, #detail section { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
${lineageStyles}`;
