// Packs every published package as npm would get it and runs publint and Are The Types Wrong over the tarballs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack, publishedPackages } from './pack.mjs';

const bin = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url));
const target = mkdtempSync(join(tmpdir(), 'flowmeta-pack-'));
let failed = 0;
const run = (name, tool, args) => {
  const result = spawnSync(join(bin, tool), args, { encoding: 'utf8' });
  if (result.status === 0) return;
  failed++;
  console.error(`${name}: ${tool} failed\n${result.stdout}${result.stderr}`);
};
try {
  const packages = publishedPackages();
  for (const entry of packages) {
    const tarball = pack(entry, target);
    run(entry.name, 'publint', ['run', tarball, '--strict']);
    if (entry.manifest.exports?.['.']) run(entry.name, 'attw', [tarball, '--profile', 'esm-only', '--format', 'ascii']);
  }
  console.log(`${packages.length} packages packed, ${failed} findings`);
} finally {
  rmSync(target, { recursive: true, force: true });
}
process.exit(failed > 0 ? 1 : 0);
