export interface Item {
  /** Where its middle would like to be. */
  wanted: number;
  size: number;
}

/**
 * The middles of items that stay in their order and `gap` apart, as near to where they want to be as that allows (least
 * squares). Neighbours that push each other form a block that settles at the mean of its wishes.
 */
export function placeInOrder(items: readonly Item[], gap: number): number[] {
  const offsets: number[] = [];
  const blocks: { sum: number; count: number }[] = [];
  items.forEach(({ wanted, size }, index) => {
    const previous = items[index - 1];
    offsets.push(previous === undefined ? 0 : offsets[index - 1]! + (previous.size + size) / 2 + gap);
    let block = { sum: wanted - offsets[index]!, count: 1 };
    for (let last = blocks.at(-1); last && last.sum / last.count > block.sum / block.count; last = blocks.at(-1)) {
      block = { sum: block.sum + last.sum, count: block.count + last.count };
      blocks.pop();
    }
    blocks.push(block);
  });
  const starts = blocks.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
  return items.map((_, index) => starts[index]! + offsets[index]!);
}
