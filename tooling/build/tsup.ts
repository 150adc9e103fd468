import { defineConfig, type Options } from 'tsup';

/**
 * The one build setting of every package: ESM for Node 20, types, source maps, dependencies left outside.
 * `entry` maps the names of the files under `dist/` to their sources.
 */
export function library(entry: Record<string, string>, options: Options = {}) {
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
    ...options,
  });
}
