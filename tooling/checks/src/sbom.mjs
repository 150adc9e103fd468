// Writes what the published packages are made of to dist/sbom.json, as CycloneDX 1.6. The same input gives the same file.
// One that is not as CycloneDX' own schema wants it is not written, and ends with exit code 1.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JsonStrictValidator } from '@cyclonedx/cyclonedx-library/Validation';
import { checksums, idOf, shippedPackages } from './shipped.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const purlOf = ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** SPDX ids stand alone, expressions are marked as such. */
const licenseOf = (license) => (/[\s()]/.test(license) ? { expression: license } : { license: { id: license } });

const algorithms = { sha512: 'SHA-512', sha384: 'SHA-384', sha256: 'SHA-256', sha1: 'SHA-1' };

function hashOf(integrity) {
  const [, algorithm, base64] = /^(sha\d+)-(.+)$/.exec(integrity) ?? [];
  return algorithm && { alg: algorithms[algorithm], content: Buffer.from(base64, 'base64').toString('hex') };
}

function component(entry, integrity) {
  const [group, name] = entry.name.startsWith('@') ? entry.name.split('/') : [undefined, entry.name];
  const hash = integrity && hashOf(integrity);
  return {
    type: entry.name === 'flowmeta' ? 'application' : 'library',
    'bom-ref': purlOf(entry),
    ...(group && { group }),
    name,
    version: entry.version,
    ...(hash && { hashes: [hash] }),
    ...(entry.license && { licenses: [licenseOf(entry.license)] }),
    purl: purlOf(entry),
  };
}

/** The bill of materials of these packages; `flowmeta` is what it is about. */
export function billOfMaterials(packages, integrities) {
  const main = packages.find(({ name }) => name === 'flowmeta');
  if (main === undefined) throw new Error('flowmeta is not among the packages');
  const byId = new Map(packages.map((entry) => [idOf(entry), entry]));
  const toComponent = (entry) => component(entry, integrities.get(idOf(entry)));
  const content = {
    metadata: { component: toComponent(main) },
    components: packages.filter((entry) => entry !== main).map(toComponent),
    dependencies: packages.map((entry) => ({
      ref: purlOf(entry),
      dependsOn: entry.dependencies.map((id) => purlOf(byId.get(id))),
    })),
  };
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const uuid = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `5${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
  return { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:${uuid}`, version: 1, ...content };
}

const validator = new JsonStrictValidator('1.6');

/** What CycloneDX' own schema finds wrong with a bill as JSON, one line each; empty when nothing is. */
export async function schemaViolations(text) {
  const found = (await validator.validate(text)) ?? [];
  return found.map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bill = billOfMaterials(shippedPackages(), checksums());
  const text = `${JSON.stringify(bill, null, 2)}\n`;
  const violations = await schemaViolations(text);
  if (violations.length === 0) {
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(join(root, 'dist/sbom.json'), text);
    console.log(
      `dist/sbom.json: ${bill.components.length} components, as the schema of CycloneDX ${bill.specVersion} wants it`,
    );
  } else {
    for (const line of violations) console.error(line);
    console.error('The bill of materials is not valid CycloneDX; nothing was written.');
    process.exitCode = 1;
  }
}
