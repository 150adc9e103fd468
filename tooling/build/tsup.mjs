import { defineConfig } from 'tsup';

/**
 * The one build setting of every package: ESM for Node 20, types, source maps, dependencies left outside.
 *
 * @param {Record<string, string>} entry names of the files under `dist/` and their sources
 * @param {import('tsup').Options} [options] where a package differs
 */
export function library(entry, options = {}) {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'neutral',
    external: [/^node:/],
    dts: true,
    sourcemap: true,
    clean: true,
    treeshake: true,
    silent: true,
    ...options,
  });
}
