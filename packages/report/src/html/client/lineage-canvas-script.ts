/** Zooms and pans a drawing by its view box. Plain JavaScript for the browser. */
export const lineageCanvasScript = `
function lineageCanvas(canvas, drawing) {
  const nearest = 2.5;
  const legible = 0.72;
  let whole = { x: 0, y: 0, width: 1, height: 1 };
  let view = { x: 0, y: 0, scale: 0 };
  let dragged = false;

  function room() {
    return { width: canvas.clientWidth, height: canvas.clientHeight };
  }

  function apply() {
    const { width, height } = room();
    if (width === 0 || view.scale === 0) return;
    drawing.setAttribute('viewBox', [view.x, view.y, width / view.scale, height / view.scale].map((value) => value.toFixed(2)).join(' '));
    drawing.setAttribute('width', width);
    drawing.setAttribute('height', height);
  }

  function fitScale() {
    const { width, height } = room();
    return Math.min(1, width / whole.width, height / whole.height);
  }

  /** Never smaller than all of it, and a bit. */
  function zoom(factor, at) {
    const { width, height } = room();
    const { x, y } = at || { x: width / 2, y: height / 2 };
    const scale = Math.min(nearest, Math.max(Math.min(fitScale(), 1) * 0.7, view.scale * factor));
    view = { x: view.x + x / view.scale - x / scale, y: view.y + y / view.scale - y / scale, scale };
    apply();
  }

  /** All of it in the middle; with a least scale, from its start where it doesn't fit. */
  function fit(least = 0) {
    const { width, height } = room();
    if (width === 0) return;
    const scale = Math.max(fitScale(), least);
    const place = (start, size, space) => (size * scale <= space ? start - (space / scale - size) / 2 : start);
    view = { x: place(whole.x, whole.width, width), y: place(whole.y, whole.height, height), scale };
    apply();
  }

  function centre({ x, y, width, height }) {
    const space = room();
    if (view.scale < legible) view.scale = legible;
    // Beyond an edge of the drawing there is nothing to see.
    const within = (start, shown, size) => (shown >= size ? (size - shown) / 2 : Math.max(0, Math.min(size - shown, start)));
    const shown = { width: space.width / view.scale, height: space.height / view.scale };
    view.x = within(x + width / 2 - shown.width / 2, shown.width, whole.width);
    view.y = within(y + height / 2 - shown.height / 2, shown.height, whole.height);
    apply();
  }

  /** Brings a box into sight if it is not. */
  function reveal(box) {
    const { width, height } = room();
    const [right, bottom] = [view.x + width / view.scale, view.y + height / view.scale];
    const seen = box.x >= view.x && box.x + box.width <= right && box.y >= view.y && box.y + box.height <= bottom;
    if (!seen) centre(box);
  }

  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    const { left, top } = canvas.getBoundingClientRect();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 20 : 1);
    zoom(Math.exp(-Math.max(-300, Math.min(300, pixels)) * 0.0016), { x: event.clientX - left, y: event.clientY - top });
  }, { passive: false });

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.target.closest('a, button')) return;
    dragged = false;
    let from = { x: event.clientX, y: event.clientY };
    const move = (next) => {
      const [x, y] = [next.clientX - from.x, next.clientY - from.y];
      if (!dragged && Math.hypot(x, y) < 4) return;
      if (!dragged) canvas.setPointerCapture(event.pointerId);
      dragged = true;
      canvas.classList.add('dragging');
      view = { ...view, x: view.x - x / view.scale, y: view.y - y / view.scale };
      from = { x: next.clientX, y: next.clientY };
      apply();
    };
    const end = () => {
      canvas.classList.remove('dragging');
      canvas.removeEventListener('pointermove', move);
      canvas.removeEventListener('pointerup', end);
      canvas.removeEventListener('pointercancel', end);
    };
    canvas.addEventListener('pointermove', move);
    canvas.addEventListener('pointerup', end);
    canvas.addEventListener('pointercancel', end);
  });

  let wasSeen = false;
  new ResizeObserver(() => {
    if (room().width === 0) return;
    if (wasSeen) return apply();
    wasSeen = true;
    fit(legible);
    canvas.dispatchEvent(new Event('seen'));
  }).observe(canvas);

  return {
    zoom, fit, centre, reveal,
    /** What is drawn now; 'legible' as the least scale to begin with. */
    show(size, least = 0) {
      whole = { x: 0, y: 0, ...size };
      fit(least);
    },
    legible,
    wasDragged: () => dragged,
  };
}
`;
