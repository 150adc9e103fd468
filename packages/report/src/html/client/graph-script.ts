/** Turns the coordinates of a task graph into SVG. Plain JavaScript for the browser. */
export const graphScript = String.raw`
function drawGraph(graph) {
  const [width, height] = graph.size;
  const marker = (id) => svg('marker', { id, viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto', markerUnits: 'userSpaceOnUse' },
    svg('path', { d: 'M0 0.5L7.5 4L0 7.5z' }));
  const frames = graph.frames.map(([x, y, w, h, title, branch]) => svg('g', { class: 'frame ' + branchClass(branch) },
    svg('rect', { x, y, width: w, height: h, rx: 10 }),
    svg('text', { x: x + 12, y: y + 19 }, title)));
  const arrows = graph.arrows.map(([from, to, path, back]) => svg('path', {
    class: back ? 'arrow back' : 'arrow', d: path, 'marker-end': 'url(#arrow-head)', 'data-from': from, 'data-to': to,
  }));
  const boxes = graph.boxes.map(([x, y, w, h, label, type, branch, enabled], index) => {
    const middle = y + h / 2;
    const box = svg('g', { class: ['task', branchClass(branch), enabled ? '' : 'off'].join(' ').trim(), 'data-index': index },
      svg('title', {}, [graph.names[index] || label, type, enabled ? '' : 'disabled'].filter(Boolean).join('\n')),
      svg('rect', { x, y, width: w, height: h, rx: 7 }),
      svg('text', { class: 'label', x: x + 12, y: type ? middle - 3 : middle + 4 }, label));
    if (type) box.append(svg('text', { class: 'type', x: x + 12, y: middle + 12 }, type));
    return box;
  });
  const title = 'Task graph: ' + boxes.length + ' tasks, ' + arrows.length + ' edges';
  const drawing = svg('svg', { class: 'graph', viewBox: '0 0 ' + width + ' ' + height, width, height, role: 'img', 'aria-label': title },
    svg('defs', {}, marker('arrow-head')), ...frames, ...arrows, ...boxes);
  const mark = (index) => {
    drawing.classList.toggle('tracing', index !== undefined);
    for (const arrow of arrows) arrow.classList.toggle('near', arrow.dataset.from === index || arrow.dataset.to === index);
    for (const box of boxes) box.classList.toggle('near', box.dataset.index === index);
  };
  drawing.addEventListener('pointerover', (event) => mark(event.target.closest('.task')?.dataset.index));
  drawing.addEventListener('pointerleave', () => mark(undefined));
  return drawing;
}

function branchClass(branch) {
  return ['error', 'finally', 'afterExecution'].includes(branch) ? 'branch-' + branch : branch ? 'branch-other' : '';
}
`;
