import type { OmDataset } from '../client/dataset-entities.js';
import { childFqn } from './child-fqn.js';
import type { GetEntity } from './dataset-finder.js';

/** No bucket is sorted into folders deeper than this for the sake of lineage. */
const maxDepth = 20;

/**
 * The deepest container on the way to a path; `undefined` if not even the bucket is there. OpenMetadata's connectors make
 * one container per folder, or one that is called `a/b`, or the one below the other.
 */
export async function findContainer(
  get: GetEntity,
  bucket: string,
  path: readonly string[],
): Promise<OmDataset | undefined> {
  const root = await get('container', bucket);
  return root && (await deepest(get, { container: root, depth: 0 }, path.slice(0, maxDepth))).container;
}

interface Step {
  container: OmDataset;
  /** Folders from the bucket. */
  depth: number;
}

async function deepest(get: GetEntity, from: Step, path: readonly string[]): Promise<Step> {
  let best = from;
  for (let length = path.length - from.depth; length > 0; length -= 1) {
    const name = path.slice(from.depth, from.depth + length).join('/');
    const fqn = childFqn(from.container.fqn, [name]);
    const container = fqn === undefined ? undefined : await get('container', fqn);
    if (container === undefined) continue;
    const step = await deepest(get, { container, depth: from.depth + length }, path);
    if (step.depth > best.depth) best = step;
    if (best.depth === path.length) break;
  }
  return best;
}
