/** Search, selection, keys and the list of the lineage. Plain JavaScript for the browser. */
export const lineageViewScript = String.raw`
const lineageSource = document.getElementById('lineage-data');
if (lineageSource) startLineage(lineageModel(JSON.parse(lineageSource.textContent)));

function startLineage(model) {
  const byId = (id) => document.getElementById('lineage-' + id);
  const [canvas, drawing, all, search, hits, only, note, chosen, title, starts] = ['canvas', 'drawing', 'all', 'search', 'hits', 'only', 'note', 'selected', 'edges-title', 'start'].map(byId);
  const article = document.getElementById('lineage');
  const entries = Array.from(document.querySelectorAll('#lineage-edges > li'), (item) => ({ item, links: item.dataset.links.split(' ').map(Number) }));
  const { isDrawn } = model.data;
  const size = { width: Number(drawing.getAttribute('width')), height: Number(drawing.getAttribute('height')) };
  const byKey = new Map(model.subjects.map((subject) => [subject.key, subject]));
  document.querySelector('.lineage-controls').hidden = false;
  canvas.classList.add('live');
  const view = lineageCanvas(canvas, drawing);
  if (isDrawn) view.show(size, view.legible);

  const wholeArrows = Array.from(all.querySelectorAll('.link'));
  const whole = Array.from(all.querySelectorAll('.box'), (element, number) => ({ box: model.boxes[number], element }));
  let boxes = whole;
  let part;
  let subject;
  let isOnly = false;
  for (const one of whole) prepare(one);

  function prepare({ box, element }) {
    const { label, kind } = model.subjects[box.subject];
    element.setAttribute('role', 'button');
    element.setAttribute('tabindex', '-1');
    element.setAttribute('aria-label', (box.kind === 'step' ? 'step of ' : '') + model.data.kinds[kind] + ' ' + label);
    element.dataset.box = box.number;
  }

  function go(target) {
    location.hash = target ? linkToSubject(target) : '#lineage';
  }

  function setEnterable(box) {
    for (const one of boxes) one.element.setAttribute('tabindex', one === box ? '0' : '-1');
  }

  function drawWhole(traced) {
    if (part) part.remove();
    part = undefined;
    all.removeAttribute('display');
    boxes = whole;
    const shown = subject && model.picture(subject, traced);
    drawing.classList.toggle('tracing', Boolean(subject));
    wholeArrows.forEach((arrow, number) => mark(arrow, shown && shown.arrowSides.get(number)));
    for (const { box, element } of whole) mark(element, shown && shown.boxSides.get(box.number));
    note.hidden = true;
  }

  function mark(element, side) {
    for (const name of ['up', 'down', 'self']) element.classList.toggle(name, side === name);
  }

  function drawOnly(traced) {
    const shown = model.readable(subject, traced, mostBoxes);
    if (shown.boxSides.size > mostBoxes * 2) shorten(shown);
    if (part) part.remove();
    const made = drawPart(model, shown);
    part = made.group;
    boxes = made.boxes;
    for (const one of boxes) prepare(one);
    all.setAttribute('display', 'none');
    drawing.append(part);
    drawing.classList.remove('tracing');
    view.show(made, view.legible);
    const self = boxes.find(({ box }) => box.subject === subject.number);
    if (self) view.centre(self.box);
    const missing = [];
    if (shown.hidden > 0) missing.push('Drawn up to ' + shown.steps + (shown.steps === 1 ? ' step' : ' steps') + ' away; click a box to go on from there.');
    if (shown.cut) missing.push(shown.cut.toLocaleString('en') + ' neighbours are only in the list.');
    note.textContent = missing.join(' ');
    note.hidden = missing.length === 0;
  }

  /** Of very many neighbours some are drawn. */
  function shorten(shown) {
    let kept = 0;
    shown.cut = 0;
    for (const [number, side] of [...shown.boxSides]) {
      kept += 1;
      if (side === 'self' || kept <= mostBoxes) continue;
      shown.boxSides.delete(number);
      shown.cut += 1;
    }
    for (const number of [...shown.arrowSides.keys()]) {
      const { from, to } = model.arrows[number];
      if (!shown.boxSides.has(from) || !shown.boxSides.has(to)) shown.arrowSides.delete(number);
    }
  }

  function draw() {
    const traced = subject && model.trace(subject);
    const part = subject && (isOnly || !isDrawn);
    if (part) drawOnly(traced);
    else drawWhole(traced);
    if (!isDrawn) drawing.toggleAttribute('hidden', !part);
    if (starts) starts.hidden = Boolean(part);
    only.disabled = !subject || !isDrawn;
    only.hidden = !isDrawn;
    only.setAttribute('aria-pressed', String(Boolean(part)));
    const own = subject && boxes.find(({ box }) => box.subject === subject.number);
    if (own) for (const one of boxes) one.element.setAttribute('aria-pressed', String(one.box.subject === subject.number));
    setEnterable(own || boxes[0]);
    list(traced);
    return own;
  }

  function list(traced) {
    let count = 0;
    for (const { item, links } of entries) {
      const own = links.filter((link) => !traced || traced.direct.has(link)).length;
      item.hidden = own === 0;
      count += own;
    }
    title.replaceChildren(subject ? 'Its edges ' : 'Edges ', element('span', { class: 'count' }, count.toLocaleString('en')));
    chosen.replaceChildren(...(subject ? [card(traced)] : []));
  }

  function card({ up, down }) {
    const { kind, label, group, fqn, url, detail } = subject;
    const close = element('button', { type: 'button', class: 'quiet close', 'aria-label': 'Select nothing (Esc)', title: 'Esc' }, '×');
    close.addEventListener('click', () => go());
    const fact = (name, value) => value ? [element('dt', {}, name), element('dd', {}, element('bdi', {}, value))] : [];
    const sideOf = (ends) => ends.size === 0 ? 'nothing' : ends.size.toLocaleString('en');
    const links = [
      url ? outside(url, 'Open in the source ↗') : undefined,
      detail ? element('a', { href: '#pipeline=' + encodeURIComponent(detail.replace(/\p{Surrogate}/gu, '\ufffd')) }, 'Runs and tasks') : undefined,
    ].filter(Boolean);
    return element('section', { class: 'chosen' }, close,
      element('p', { class: 'sub' }, signOf(kind), model.data.kinds[kind]),
      element('h3', {}, element('bdi', {}, label)),
      element('dl', {}, ...fact(kind === 'pipeline' ? 'In' : 'At', group), ...fact('In the catalog', fqn),
        element('dt', {}, 'Comes from'), element('dd', { class: 'up' }, sideOf(up.ends)),
        element('dt', {}, 'Leads to'), element('dd', { class: 'down' }, sideOf(down.ends))),
      links.length > 0 ? element('p', { class: 'links' }, ...links) : undefined);
  }

  function follow() {
    if (!['', '#lineage'].includes(location.hash) && !location.hash.startsWith('#lineage=')) return;
    const next = location.hash.startsWith('#lineage=') ? byKey.get(decode(location.hash.slice(9))) : undefined;
    if (next === subject && next) return;
    const before = subject;
    subject = next;
    if (!subject) isOnly = false;
    const hadFocus = drawing.contains(document.activeElement);
    const wasPart = Boolean(part);
    const own = draw();
    if (!subject && wasPart && isDrawn) view.show(size, view.legible);
    const target = own || (before && boxes.find(({ box }) => box.subject === before.number));
    if (!target) return;
    if (own && !part) view.reveal(own.box);
    if (hadFocus) target.element.focus({ preventScroll: true });
    setEnterable(target);
  }

  function decode(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return '';
    }
  }

  startSearch({ model, search, hits, drawing, boxesNow: () => boxes, go });

  only.addEventListener('click', () => {
    isOnly = !isOnly;
    const own = draw();
    if (isOnly || !isDrawn) return;
    view.show(size, view.legible);
    if (own) view.reveal(own.box);
  });
  document.getElementById('zoom-in').addEventListener('click', () => view.zoom(1.3));
  document.getElementById('zoom-out').addEventListener('click', () => view.zoom(1 / 1.3));
  document.getElementById('zoom-fit').addEventListener('click', () => view.fit());

  drawing.addEventListener('click', (event) => {
    if (view.wasDragged()) return;
    const target = event.target.closest('.box');
    if (target) go(model.subjects[model.boxes[target.dataset.box].subject]);
    else if (subject && isDrawn && !isOnly) go();
  });
  drawing.addEventListener('keydown', (event) => {
    const here = boxes.find(({ element }) => element === event.target);
    if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') go(model.subjects[here.box.subject]);
    else if (event.key === '+' || event.key === '=') view.zoom(1.3);
    else if (event.key === '-') view.zoom(1 / 1.3);
    else if (event.key === '0') view.fit();
    else if (event.key.startsWith('Arrow')) {
      const next = neighbour(here.box, event.key);
      if (next) {
        setEnterable(next);
        view.reveal(next.box);
        next.element.focus({ preventScroll: true });
      }
    } else return;
    event.preventDefault();
  });
  article.addEventListener('focusin', (event) => {
    const one = drawing.contains(event.target) && boxes.find(({ element }) => element === event.target);
    if (one && event.target.matches(':focus-visible')) view.reveal(one.box);
  });

  /** Right and left along the arrows, up and down within the column. */
  function neighbour(box, key) {
    const middle = box.y + box.height / 2;
    const distance = ({ box: other }) => Math.abs(other.y + other.height / 2 - middle);
    const reachable = (numbers) => boxes.filter(({ box: other }) => numbers.has(other.number));
    const original = model.boxes[box.number];
    const candidates = key === 'ArrowRight' ? reachable(new Set(original.outOf.map(({ to }) => to)))
      : key === 'ArrowLeft' ? reachable(new Set(original.into.map(({ from }) => from)))
        : boxes.filter(({ box: other }) => other !== box && other.x < box.x + box.width && box.x < other.x + other.width && (key === 'ArrowDown' ? other.y > box.y : other.y < box.y));
    return candidates.sort((left, right) => distance(left) - distance(right))[0];
  }

  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !article.hidden && subject) go();
  });
  addEventListener('hashchange', follow);
  canvas.addEventListener('seen', () => {
    if (subject) draw();
    else return;
    const own = boxes.find(({ box }) => box.subject === subject.number);
    if (own) view.reveal(own.box);
  });
  draw();
  follow();
}
`;
