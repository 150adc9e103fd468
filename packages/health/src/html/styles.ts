/** The page's styles. Colours by meaning; dark and light follow the system. */
export const styles = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --ink: #18202c; --soft: #5a6675; --line: #e0e4ea; --hover: #f0f3f9;
  --good: #1d8a54; --warn: #b86e00; --bad: #cb3a34; --info: #3364d6; --open: #3f8fd2; --calm: #8b96a6; --faint: #c3cad4;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0f141a; --card: #171d26; --ink: #e4e9f0; --soft: #98a4b4; --line: #2a333f; --hover: #1e2631;
    --good: #3fb37d; --warn: #dd9d3a; --bad: #ee6a62; --info: #7ea3ff; --open: #62b0ea; --calm: #7c8898; --faint: #465161;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 28px 24px 64px; }
h1, h2, p, ul, ol { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: 27px; line-height: 1.2; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 32px 0 12px; }
.sub { display: block; color: var(--soft); font-size: 12.5px; font-weight: 400; overflow-wrap: anywhere; }
.eyebrow, .when, .what { color: var(--soft); font-size: 13px; }
.eyebrow { margin-bottom: 4px; }
.when { margin-top: 4px; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.sign { display: inline-grid; place-items: center; width: 28px; height: 28px; margin-right: 10px; border-radius: 50%; color: var(--card); font-size: 16px; vertical-align: 3px; }
.sign.good { background: var(--good); } .sign.warn { background: var(--warn); } .sign.bad { background: var(--bad); } .sign.calm { background: var(--calm); }

.tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 12px; margin-top: 22px; }
.columns { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 12px; margin-top: 12px; align-items: start; }
.tile, .table, details.group { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 14px 16px; }
.big { font-size: 26px; font-weight: 650; line-height: 1.3; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; }
.unit { font-size: 13px; font-weight: 400; color: var(--soft); margin-left: 6px; letter-spacing: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 1px 12px; font-size: 12.5px; color: var(--soft); }
.dot { display: inline-block; width: 8px; height: 8px; margin-right: 5px; border-radius: 50%; }
i.good { background: var(--good); } i.warn { background: var(--warn); } i.bad { background: var(--bad); } i.calm { background: var(--calm); } i.faint { background: var(--faint); } i.open { background: var(--open); }
svg.bar { display: block; width: 100%; height: 6px; margin: 7px 0; border-radius: 3px; background: var(--line); }
svg.activity { display: block; margin: 4px 0 0 auto; }
.tile svg.activity { width: 100%; height: 36px; margin-top: 8px; }
rect.good { fill: var(--good); } rect.warn { fill: var(--warn); } rect.bad { fill: var(--bad); } rect.info { fill: var(--info); }
rect.calm { fill: var(--calm); } rect.faint { fill: var(--faint); } rect.open { fill: var(--open); }

.top-list h2 { margin: 0 0 8px; font-size: 15px; }
.top-list li p { display: flex; justify-content: space-between; gap: 12px; font-size: 13.5px; }
.top-list .name { overflow-wrap: anywhere; }
.top-list .value { color: var(--soft); white-space: nowrap; }
.top-list svg.bar { height: 4px; margin: 3px 0 9px; }

.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
thead th { text-align: right; padding: 9px 10px; color: var(--soft); font-size: 13px; white-space: nowrap; }
thead th:first-child, thead th:nth-child(2), thead th:nth-child(4), thead th:last-child { text-align: left; }
td, tbody th { padding: 8px 10px; border-top: 1px solid var(--line); vertical-align: top; }
tbody th { text-align: left; font-weight: 500; overflow-wrap: anywhere; min-width: 170px; padding-left: 26px; }
tr.group th { font-weight: 650; padding-left: 10px; }
tr.group > * { background: var(--hover); }
td.number { white-space: nowrap; }
td.outcome { min-width: 90px; }
td.failed { color: var(--bad); font-weight: 600; }
td.trend { font-size: 12.5px; color: var(--soft); white-space: nowrap; }
td.trend span:not(.badge) { display: block; }
.badge { display: inline-block; padding: 1px 8px; border-radius: 10px; border: 1px solid currentcolor; font-size: 12px; line-height: 1.45; font-weight: 400; white-space: nowrap; }
.badge.good { color: var(--good); } .badge.warn { color: var(--warn); } .badge.bad { color: var(--bad); } .badge.info { color: var(--info); }
.badge.calm, .badge.faint { color: var(--soft); border-color: var(--line); }

details.group { margin-top: 8px; overflow: hidden; }
.problems, .idle { margin-top: 16px; }
summary { padding: 9px 14px; cursor: pointer; }
summary:hover { background: var(--hover); }
summary:focus-visible { outline: 2px solid var(--info); outline-offset: -2px; }
.count { display: inline-block; padding: 0 7px; border-radius: 9px; background: var(--hover); color: var(--soft); font-size: 12.5px; }
details.group li { padding: 8px 14px 8px 32px; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.notes { margin-top: 24px; color: var(--soft); font-size: 13px; }
.empty { padding: 24px; text-align: center; color: var(--soft); }
footer { margin-top: 24px; color: var(--soft); font-size: 13px; }
@media (max-width: 900px) {
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .columns { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 540px) { main { padding: 18px 14px 40px; } .tiles { grid-template-columns: minmax(0, 1fr); } }
@media print {
  :root { --page: #fff; }
  main { max-width: none; padding: 0; }
  tr, .tile, details.group li { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
