/** Finds what leads to and follows from what is selected. Plain JavaScript for the browser. */
export const lineageModelScript = String.raw`
function lineageModel(data) {
  const subjects = data.subjects.map(([key, title, context, kind, label, group, fqn, url, detail], number) => ({
    number, key, title, context, kind, label, group, fqn, url, detail,
    text: [label, title, group, fqn, data.kinds[kind]].join('\n').toLowerCase(),
    into: [], outOf: [], moved: [],
  }));
  const links = data.links.map(([from, to, by], number) => ({ number, from, to, by }));
  for (const link of links) {
    if (link.from >= 0) subjects[link.from].outOf.push(link);
    if (link.to >= 0) subjects[link.to].into.push(link);
    if (link.by >= 0) subjects[link.by].moved.push(link);
  }
  const boxes = data.boxes.map(([subject, kind, x, y, width, height, layer, title, context, loop], number) => (
    { number, subject, kind, x, y, width, height, layer, title, context, loop, outOf: [], into: [] }));
  const arrows = data.arrows.map(([from, to, back, run, links], number) => ({ number, from, to, back, run, links }));
  for (const arrow of arrows) {
    boxes[arrow.from].outOf.push(arrow);
    boxes[arrow.to].into.push(arrow);
  }

  /** The numbers of links on the ways from a subject in one direction, with how many steps away each is, the nearest first. */
  function reach(subject, leaving, end) {
    const found = new Map();
    const seen = new Set([subject.number]);
    let reached = [];
    const visit = (link, step) => {
      if (!found.has(link.number)) found.set(link.number, step);
      if (seen.has(link[end]) || link[end] < 0) return;
      seen.add(link[end]);
      reached.push(link[end]);
    };
    for (const link of [...subject[leaving], ...subject.moved]) visit(link, 1);
    for (let step = 2; reached.length > 0; step += 1) {
      const before = reached;
      reached = [];
      for (const number of before) for (const link of subjects[number][leaving]) visit(link, step);
    }
    seen.delete(subject.number);
    return { links: found, ends: seen };
  }

  function trace(subject) {
    const up = reach(subject, 'into', 'from');
    const down = reach(subject, 'outOf', 'to');
    return { up, down, direct: new Set([...subject.into, ...subject.outOf, ...subject.moved].map(({ number }) => number)) };
  }

  /** Boxes and arrows of a trace within so many steps, each with its side. */
  function picture(subject, { up, down }, steps = Infinity) {
    const arrowSides = new Map();
    const boxSides = new Map();
    for (const arrow of arrows) {
      const near = (side) => arrow.links.some((link) => side.links.get(link) <= steps);
      const side = near(down) ? 'down' : near(up) ? 'up' : undefined;
      if (!side) continue;
      arrowSides.set(arrow.number, side);
      for (const end of [arrow.from, arrow.to]) if (!boxSides.has(end)) boxSides.set(end, side);
    }
    for (const box of boxes) if (box.subject === subject.number) boxSides.set(box.number, 'self');
    return { arrowSides, boxSides };
  }

  /** As many steps as still give a readable picture, at least one. */
  function readable(subject, traced, most) {
    const furthest = Math.max(1, ...traced.up.links.values(), ...traced.down.links.values());
    let shown = picture(subject, traced, 1);
    for (let steps = 2; steps <= furthest; steps += 1) {
      const next = picture(subject, traced, steps);
      if (next.boxSides.size > most) return { ...shown, hidden: furthest - steps + 1, steps: steps - 1 };
      shown = next;
    }
    return { ...shown, hidden: 0, steps: furthest };
  }

  /** Every word must be there; names that start with the text come first, then short ones. */
  function find(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const rank = ({ title, label }) => (title.toLowerCase().startsWith(words[0]) ? 0 : title.toLowerCase().includes(words[0]) ? 1 : 2) * 1000 + label.length;
    return subjects.filter(({ text }) => words.every((word) => text.includes(word))).sort((left, right) => rank(left) - rank(right));
  }

  return { data, subjects, links, boxes, arrows, trace, picture, readable, find };
}
`;
