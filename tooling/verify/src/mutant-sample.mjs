import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';

/** Lines that are taken or left together; a change of the code that does not fit into them is not tried. */
const blockLines = 24;

/**
 * Blocks of lines of these sources (files or folders), by chance, so many that they have about `lines` lines: `mutate` as Stryker
 * takes it. Where the sources have no more lines than that, they are taken whole.
 */
export function sampleOf(sources, { lines, seed }) {
  const files = sources.flatMap(sourcesBelow);
  const blocks = files.flatMap(blocksOf);
  const count = Math.ceil(lines / blockLines);
  if (count >= blocks.length) return { mutate: files, share: 1 };
  const some = fc.shuffledSubarray(blocks, { minLength: count, maxLength: count });
  const [mutate] = fc.sample(some, { seed, numRuns: 1 });
  return { mutate, share: count / blocks.length };
}

/**
 * The least per cent of all mutants that the tests notice, with 95 % certainty, by a sample of blocks: the score less 1.96 standard
 * errors of a ratio over clusters (Cochran, Sampling Techniques, chapters 6 and 9). `judged` are the mutants: where they begin, and
 * whether they were noticed. NaN for less than two blocks.
 */
export function lowerBound(judged, share) {
  const blocks = new Map();
  for (const { file, line, noticed } of judged) {
    const key = `${file}:${Math.floor((line - 1) / blockLines)}`;
    const block = blocks.get(key) ?? { noticed: 0, all: 0 };
    blocks.set(key, { noticed: block.noticed + Number(noticed), all: block.all + 1 });
  }
  const each = [...blocks.values()];
  const score = judged.filter(({ noticed }) => noticed).length / judged.length;
  if (share === 1) return 100 * score;
  const squares = each.reduce((sum, { noticed, all }) => sum + (noticed - score * all) ** 2, 0);
  const error = Math.sqrt(((1 - share) * each.length * squares) / (each.length - 1)) / judged.length;
  return 100 * (score - 1.96 * error);
}

function sourcesBelow(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(path, name));
}

function blocksOf(file) {
  const lines = readFileSync(file, 'utf8').split('\n').length;
  return Array.from({ length: Math.ceil(lines / blockLines) }, (_, index) => {
    const from = index * blockLines + 1;
    return `${file}:${from}-${Math.min(lines, from + blockLines - 1)}`;
  });
}
