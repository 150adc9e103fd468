/** One of `count` parts into which the pipelines of a source fall by their names. `index` counts from 0. */
export interface Shard {
  index: number;
  count: number;
}

/**
 * Whether a pipeline belongs to a shard. By its name alone, the same in every process and version; each name is in exactly
 * one of the `count` shards. Another count is another division.
 */
export function isInShard(pipeline: string, { index, count }: Shard): boolean {
  return hashOf(pipeline) % count === index;
}

/** FNV-1a of the UTF-8 bytes, and the last step of MurmurHash3, which spreads names that differ in one character. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
