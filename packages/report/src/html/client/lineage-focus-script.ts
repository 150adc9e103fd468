/** Draws a part of the lineage in columns of its own. Plain JavaScript for the browser. */
export const lineageFocusScript = String.raw`
const mostBoxes = 150;
const columnGap = 54;
const rowGap = 16;

/** Middles in their order and apart, as near to the wishes as that allows: neighbours that push each other share the mean. */
function spread(items) {
  const offsets = [];
  const blocks = [];
  items.forEach(({ wish, height }, index) => {
    offsets.push(index === 0 ? 0 : offsets[index - 1] + (items[index - 1].height + height) / 2 + rowGap);
    let block = { sum: wish - offsets[index], count: 1 };
    while (blocks.length > 0 && blocks.at(-1).sum / blocks.at(-1).count > block.sum / block.count) {
      const last = blocks.pop();
      block = { sum: block.sum + last.sum, count: block.count + last.count };
    }
    blocks.push(block);
  });
  const starts = blocks.flatMap(({ sum, count }) => Array(count).fill(sum / count));
  return items.map((_, index) => starts[index] + offsets[index]);
}

/** Places copies of the boxes; returns them with the size of it all. */
function layOut(model, { boxSides, arrowSides }) {
  const placed = new Map();
  const layers = new Map();
  for (const number of boxSides.keys()) {
    const box = model.boxes[number];
    const copy = { ...box, middle: 0, wish: 0 };
    placed.set(number, copy);
    layers.set(box.layer, [...(layers.get(box.layer) || []), copy]);
  }
  const columns = [...layers.entries()].sort(([left], [right]) => left - right).map(([, boxes]) => boxes.sort((left, right) => left.y - right.y || left.number - right.number));
  const settle = (column, neighbours) => {
    for (const box of column) {
      const middles = neighbours(box).map((other) => placed.get(other)).filter(Boolean).map(({ middle }) => middle);
      box.wish = middles.length === 0 ? box.middle : middles.reduce((sum, middle) => sum + middle, 0) / middles.length;
    }
    spread(column).forEach((middle, index) => { column[index].middle = middle; });
  };
  const before = (box) => box.into.filter(({ number }) => arrowSides.has(number)).map(({ from }) => from);
  const after = (box) => box.outOf.filter(({ number }) => arrowSides.has(number)).map(({ to }) => to);
  for (const column of columns) settle(column, () => []);
  for (let round = 0; round < 3; round += 1) {
    for (const column of columns) {
      if (round === 0) {
        for (const box of column) {
          const middles = before(box).map((other) => placed.get(other)).filter(Boolean).map(({ middle }) => middle);
          box.rank = middles.length === 0 ? box.middle : middles.reduce((sum, middle) => sum + middle, 0) / middles.length;
        }
        column.sort((left, right) => left.rank - right.rank);
      }
      settle(column, before);
    }
    for (const column of columns.toReversed()) settle(column, after);
  }
  const top = Math.min(...[...placed.values()].map(({ middle, height }) => middle - height / 2));
  let x = 16;
  let height = 0;
  for (const column of columns) {
    const width = Math.max(...column.map((box) => box.width));
    for (const box of column) {
      box.x = x + (box.kind === 'step' ? Math.round((width - box.width) / 2) : 0);
      box.y = Math.round(box.middle - top - box.height / 2) + 16;
      if (box.kind !== 'step') box.width = width;
      height = Math.max(height, box.y + box.height);
    }
    x += width + columnGap;
  }
  return { placed, width: x - columnGap + 16, height: height + 16 };
}

function drawPart(model, shown) {
  const { placed, width, height } = layOut(model, shown);
  const arrows = [...shown.arrowSides].map(([number, side]) => {
    const { from, to, run } = model.arrows[number];
    const [first, last] = [placed.get(from), placed.get(to)];
    const forward = first.x < last.x;
    const [x1, x2] = forward ? [first.x + first.width, last.x] : [first.x, last.x + last.width];
    const [y1, y2] = [first.y + first.height / 2, last.y + last.height / 2];
    const half = (x1 + x2) / 2;
    return svg('path', {
      class: ['link', side, forward ? '' : 'back', run ? 'run-only' : ''].join(' '),
      d: 'M' + x1 + ' ' + y1 + 'C' + half + ' ' + y1 + ' ' + half + ' ' + y2 + ' ' + x2 + ' ' + y2,
    });
  });
  const boxes = [...placed.values()].map((box) => {
    const { label, group } = model.subjects[box.subject];
    const group1 = svg('g', { class: 'box ' + box.kind + ' ' + shown.boxSides.get(box.number), transform: 'translate(' + box.x + ' ' + box.y + ')' },
      svg('title', {}, [label, group].filter(Boolean).join('\n')),
      svg('rect', { width: box.width, height: box.height, rx: model.data.radius[box.kind] }));
    if (box.kind === 'step') group1.append(svg('text', { x: box.width / 2, y: 16 }, box.title));
    else {
      group1.append(svg('use', { href: '#sign-' + box.kind, x: 11, y: box.height / 2 - 8, width: 16, height: 16 }),
        svg('text', { class: 'label', x: 35, y: box.context ? 18 : 26 }, box.title));
      if (box.context) group1.append(svg('text', { class: 'type', x: 35, y: 33 }, box.context));
      if (box.loop) group1.append(svg('text', { class: 'loop', x: box.width - 16, y: 15 }, '↻'));
    }
    return { box, element: group1 };
  });
  return { group: svg('g', { class: 'part' }, ...arrows, ...boxes.map(({ element }) => element)), boxes, width, height };
}
`;
