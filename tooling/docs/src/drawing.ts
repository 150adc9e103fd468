/** The part of Mermaid that the pages use, as a graph. */
export interface Drawing {
  nodes: { id: string; label: string; shape: 'box' | 'cylinder' }[];
  edges: { from: string; to: string; label?: string }[];
}

const node = String.raw`(\w+)(?:\["([^"]*)"\]|\[\("([^"]*)"\)\])?`;
const line = new RegExp(`^\\s*${node}(?:\\s*-->(?:\\|"([^"]*)"\\|)?\\s*${node})?$`);

/**
 * Reads a flowchart: `id["label"]`, `id[("a table")]`, `a --> b`, `a -->|"label"| b`.
 *
 * @throws Error for a line that is none of these
 */
export function drawingOf(mermaid: string): Drawing {
  const [first, ...lines] = mermaid.trim().split('\n');
  if (first !== 'flowchart LR') throw new Error(`a drawing begins with "flowchart LR", not "${first}"`);
  const nodes = new Map<string, Drawing['nodes'][number]>();
  const edges: Drawing['edges'] = [];
  const add = (id: string, box: string | undefined, cylinder: string | undefined) => {
    const label = box ?? cylinder;
    if (label !== undefined || !nodes.has(id))
      nodes.set(id, { id, label: label ?? id, shape: cylinder === undefined ? 'box' : 'cylinder' });
    return id;
  };
  for (const text of lines) {
    const match = line.exec(text);
    if (!match) throw new Error(`this line of a drawing is not understood: ${text}`);
    const [, from, fromBox, fromCylinder, label, to, toBox, toCylinder] = match;
    add(from!, fromBox, fromCylinder);
    if (to === undefined) continue;
    edges.push({ from: from!, to: add(to, toBox, toCylinder), ...(label === undefined ? {} : { label }) });
  }
  return { nodes: [...nodes.values()], edges };
}
