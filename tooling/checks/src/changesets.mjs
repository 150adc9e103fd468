// Fails when a published package has neither a changeset nor a released version.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { publishedPackages } from './pack.mjs';

const folder = fileURLToPath(new URL('../../../.changeset/', import.meta.url));
const announced = readdirSync(folder)
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .map((file) => readFileSync(`${folder}${file}`, 'utf8'))
  .join('\n');
const missing = publishedPackages()
  .filter(({ name, manifest }) => manifest.version === '0.0.0' && !new RegExp(`["']${name}["']:`).test(announced))
  .map(({ name }) => name);
if (missing.length > 0) console.error(`no changeset for: ${missing.join(', ')}`);
process.exit(missing.length > 0 ? 1 : 0);
