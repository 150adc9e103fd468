/** Opens and closes the details of a pipeline as the address says. Plain JavaScript for the browser. */
export const detailScript = String.raw`
const detail = document.getElementById('detail');
const overview = document.getElementById('overview');
let details;
let scrollBefore = 0;

function detailsByName() {
  if (!details) {
    const all = JSON.parse(document.getElementById('data').textContent);
    details = new Map(all.map((pipeline) => [linkTo(pipeline.name), pipeline]));
  }
  return details;
}

function linkTo(name) {
  return '#pipeline=' + encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\ufffd'));
}

function section(title, ...children) {
  return element('section', {}, element('h3', {}, title), ...children);
}

function graphSection(pipeline) {
  const { graph } = pipeline;
  if (graph.boxes.length === 0) return section('Tasks', element('p', { class: 'sub' }, 'This pipeline has no tasks.'));
  const drawing = drawGraph(graph);
  const box = element('div', { class: 'canvas', tabindex: '0', role: 'group', 'aria-label': 'Task graph, scrolls' }, drawing);
  const fit = element('button', { type: 'button', class: 'quiet', 'aria-pressed': 'false' }, 'Fit to width');
  fit.addEventListener('click', () => {
    fit.setAttribute('aria-pressed', String(box.classList.toggle('fit')));
  });
  const kinds = [];
  if (graph.boxes.some((task) => !task[7])) kinds.push(element('li', { class: 'key-off' }, 'disabled'));
  if (graph.arrows.some((arrow) => arrow[3])) kinds.push(element('li', { class: 'key-back' }, 'goes back in a cycle'));
  const count = graph.boxes.length + (graph.boxes.length === 1 ? ' task, ' : ' tasks, ') + graph.arrows.length + (graph.arrows.length === 1 ? ' edge' : ' edges');
  return section('Tasks',
    element('div', { class: 'graph-head' }, element('span', { class: 'sub' }, count), element('ul', { class: 'keys' }, ...kinds), fit),
    box,
    graph.undrawn ? element('p', { class: 'note' }, graph.undrawn + ' edges name an unknown task and are not drawn.') : undefined,
    taskTable(pipeline));
}

function taskTable({ tasks }) {
  const cells = (tag, texts) => element('tr', {}, ...texts.map((text) => element(tag, tag === 'th' ? { scope: 'col' } : {}, text)));
  return element('details', { class: 'task-list' }, element('summary', {}, 'As a list'),
    element('table', { class: 'plain' },
      element('thead', {}, cells('th', ['Task', 'Type', 'Branch', ''])),
      element('tbody', {}, ...tasks.map(([name, type, branch, off]) => cells('td', [name, type, branch, off ? 'disabled' : ''])))));
}

function runsSection({ runs }) {
  if (runs.length === 0) return section('Last runs', element('p', { class: 'sub' }, 'No run in this window.'));
  return section('Last runs', element('table', { class: 'plain runs' }, element('tbody', {}, ...runs.map((run) => {
    const bar = svg('svg', { class: 'duration', viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      svg('rect', { class: run.tone, width: Math.max(run.share, 1), height: 8, rx: 1 }));
    return element('tr', {},
      element('td', {}, element('span', { class: 'run ' + run.tone, 'aria-hidden': 'true' }, run.sign), ' ', run.url ? outside(run.url, run.state) : run.state),
      element('td', { title: run.started }, run.started.slice(0, 16), ' ', element('span', { class: 'sub' }, run.age)),
      element('td', { class: 'number' }, run.took),
      element('td', { class: 'duration' }, bar));
  }))));
}

function factsSection({ facts, labels }) {
  const list = element('dl', {}, ...facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
  if (labels.length > 0) {
    list.append(element('dt', {}, 'Labels'), element('dd', {}, ...labels.map((label) => element('span', { class: 'label' }, label))));
  }
  return section('About', list);
}

function neighbours(link) {
  const links = rows.filter((row) => !row.hidden).map((row) => linkTo(row.dataset.pipeline));
  const place = links.indexOf(link);
  if (place < 0) return [];
  const step = (to, text) => to ? element('a', { href: to }, text) : undefined;
  return [step(links[place - 1], '↑ Previous'), step(links[place + 1], '↓ Next')];
}

function open(link) {
  const pipeline = detailsByName().get(link);
  if (!pipeline) return show('overview');
  show('detail');
  const title = element('h2', { tabindex: '-1' }, pipeline.title);
  const links = [
    pipeline.url ? outside(pipeline.url, 'Open in the source ↗', { class: 'source' }) : undefined,
    pipeline.lineage ? element('a', { class: 'source', href: pipeline.lineage }, 'Show its lineage') : undefined,
  ];
  detail.replaceChildren(
    element('nav', { 'aria-label': 'Pipelines' }, element('a', { href: '#', class: 'back' }, '← All pipelines'), ...neighbours(link)),
    element('header', {}, title,
      element('p', {}, ...pipeline.badges.flatMap(({ text, tone }) => [element('span', { class: 'badge ' + tone }, text), ' ']),
        ...links.filter(Boolean)),
      pipeline.degraded ? element('p', { class: 'note' }, 'Degraded: ' + pipeline.degraded) : undefined,
      pipeline.description ? element('p', { class: 'description' }, pipeline.description) : undefined),
    graphSection(pipeline),
    element('div', { class: 'columns' }, runsSection(pipeline), factsSection(pipeline)));
  document.title = pipeline.title + ' · ' + pageTitle;
  scrollTo(0, 0);
  title.focus({ preventScroll: true });
}

/** Only one of the parts is seen at a time; the lineage may be missing. */
function show(name) {
  if (!overview.hidden) scrollBefore = scrollY;
  const wasDetail = !detail.hidden;
  const isBack = name === 'overview' && overview.hidden;
  for (const part of [overview, detail, lineagePart]) if (part) part.hidden = part.id !== name;
  document.querySelector('main').classList.toggle('wide', name === 'lineage');
  for (const tab of document.querySelectorAll('.views a')) {
    if ((tab.hash.startsWith('#lineage')) === (name === 'lineage')) tab.setAttribute('aria-current', 'page');
    else tab.removeAttribute('aria-current');
  }
  document.title = name === 'lineage' ? 'Lineage · ' + pageTitle : pageTitle;
  if (wasDetail) detail.replaceChildren();
  if (!isBack) return;
  scrollTo(0, scrollBefore);
  const row = wasDetail && rows.find((candidate) => linkTo(candidate.dataset.pipeline) === lastLink);
  if (row) row.querySelector('a').focus({ preventScroll: true });
}

const lineagePart = document.getElementById('lineage');
let lastLink = '';
const pageTitle = document.title;
function follow() {
  const wasLineage = lastLink.startsWith('#lineage');
  if (location.hash.startsWith('#pipeline=')) open(location.hash);
  else if (lineagePart && location.hash.startsWith('#lineage')) {
    show('lineage');
    const place = document.getElementById(location.hash.slice(1));
    if (place && place !== lineagePart) place.scrollIntoView();
    else if (!wasLineage) scrollTo(0, 0);
  } else show('overview');
  lastLink = location.hash;
}
addEventListener('hashchange', follow);
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !detail.hidden) location.hash = '';
});
body.addEventListener('click', (event) => {
  const row = event.target.closest('tr');
  if (row && !event.target.closest('a') && !String(getSelection())) location.hash = linkTo(row.dataset.pipeline);
});
follow();
`;
