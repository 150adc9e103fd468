import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verdict } from '../src/audit.mjs';
import { publishedPackages } from '../src/pack.mjs';
import { billOfMaterials, schemaViolations } from '../src/sbom.mjs';
import { bundled, checksums } from '../src/shipped.mjs';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

describe('every published package', () => {
  it.each(publishedPackages().map(({ name, manifest }) => [name, manifest] as const))(
    '%s is published with its provenance, from the repository it names, and runs nothing when it is installed',
    (_name, manifest) => {
      expect(manifest.publishConfig).toMatchObject({ access: 'public', provenance: true });
      expect(manifest.repository?.url).toMatch(/^git\+https:\/\//);
      expect(Object.keys(manifest.scripts ?? {})).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/install$/)]),
      );
    },
  );
});

describe('dependencies', () => {
  it('are pinned: the catalog names exact versions, and the lockfile knows the checksum of each package', () => {
    const workspace = read('pnpm-workspace.yaml');
    const catalog = workspace.slice(workspace.indexOf('\ncatalog:')).split('\n').slice(2);
    const versions = catalog.flatMap((line) => /^ {2}"?[@\w./-]+"?: (.+)$/.exec(line)?.[1] ?? []);
    expect(versions.length).toBeGreaterThan(10);
    for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const lockfile = read('pnpm-lock.yaml');
    const listed = lockfile.slice(lockfile.indexOf('\npackages:'), lockfile.indexOf('\nsnapshots:'));
    expect(checksums(lockfile).size).toBe([...listed.matchAll(/^ {4}resolution: /gm)].length);
  });

  it('are installed in CI only as the lockfile has them', () => {
    expect(read('.ci/run')).toContain('pnpm install --frozen-lockfile');
    // Scripts of dependencies run only where they are named.
    expect(read('pnpm-workspace.yaml')).toMatch(/^onlyBuiltDependencies:\n( {2}- .+\n)+/m);
    expect(read('pnpm-workspace.yaml')).not.toContain('dangerouslyAllowAllBuilds');
  });
});

describe('the bill of materials', () => {
  const packages = [
    { name: 'flowmeta', version: '1.0.0', license: 'Apache-2.0', own: true, dependencies: ['@x/y@2.0.0', 'z@3.0.0'] },
    { name: '@x/y', version: '2.0.0', license: '(MIT OR Apache-2.0)', own: false, dependencies: ['z@3.0.0'] },
    { name: 'z', version: '3.0.0', own: false, dependencies: [] },
  ];
  const checksum = Buffer.alloc(64, 'checksum');
  const integrities = new Map([['z@3.0.0', `sha512-${checksum.toString('base64')}`]]);

  it('names each package once, with its licence, its checksum and what it depends on', () => {
    const bill = billOfMaterials(packages, integrities);
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
    expect(bill.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(bill.metadata.component).toMatchObject({
      type: 'application',
      name: 'flowmeta',
      purl: 'pkg:npm/flowmeta@1.0.0',
    });
    expect(bill.components).toEqual([
      {
        type: 'library',
        'bom-ref': 'pkg:npm/%40x/y@2.0.0',
        group: '@x',
        name: 'y',
        version: '2.0.0',
        licenses: [{ expression: '(MIT OR Apache-2.0)' }],
        purl: 'pkg:npm/%40x/y@2.0.0',
      },
      {
        type: 'library',
        'bom-ref': 'pkg:npm/z@3.0.0',
        name: 'z',
        version: '3.0.0',
        hashes: [{ alg: 'SHA-512', content: checksum.toString('hex') }],
        purl: 'pkg:npm/z@3.0.0',
      },
    ]);
    expect(bill.dependencies[0]).toEqual({
      ref: 'pkg:npm/flowmeta@1.0.0',
      dependsOn: ['pkg:npm/%40x/y@2.0.0', 'pkg:npm/z@3.0.0'],
    });
  });

  it('is the same for the same packages and another one for others', () => {
    const [one, other] = [billOfMaterials(packages, integrities), billOfMaterials(packages, integrities)];
    expect(other).toEqual(one);
    expect(billOfMaterials(packages, new Map()).serialNumber).not.toBe(one.serialNumber);
  });

  it('is as the schema of CycloneDX wants it, and is refused where it is not', async () => {
    const bill = billOfMaterials(packages, integrities);
    expect(await schemaViolations(JSON.stringify(bill))).toEqual([]);
    const { version: _, ...withoutVersion } = bill;
    const [first, second] = bill.components;
    const broken: [object, string][] = [
      [{ ...bill, serialNumber: 'urn:uuid:1' }, '/serialNumber'],
      [{ ...bill, components: [{ ...first, type: 'package' }] }, '/components/0/type'],
      [{ ...bill, components: [{ ...first, licenses: [{ license: { id: 'Apache 2' } }] }] }, '/components/0/licenses'],
      [
        { ...bill, components: [first, { ...second, hashes: [{ alg: 'SHA-512', content: 'ab' }] }] },
        '/components/1/hashes',
      ],
      [{ ...bill, dependencies: [{ dependsOn: [] }] }, '/dependencies/0'],
      [{ ...bill, author: 'x' }, '/ must NOT have additional properties'],
      [{ ...withoutVersion, specVersion: 1.6 }, '/specVersion'],
    ];
    for (const [what, where] of broken) {
      expect((await schemaViolations(JSON.stringify(what))).join('\n')).toContain(where);
    }
  }, 120_000);

  it('takes what is in the bundle from its notices', () => {
    const rule = '-'.repeat(80);
    expect(bundled(`a 1.0.0 (MIT)\n\ntext\n\n${rule}\n\n@b/c 2.0.0-rc.1 (ISC)\n\ntext\n`)).toEqual([
      { name: 'a', version: '1.0.0' },
      { name: '@b/c', version: '2.0.0-rc.1' },
    ]);
    expect(() => bundled('something else')).toThrow('notices');
  });
});

describe('the audit', () => {
  const shipped = new Set(['undici@7.0.0', 'zod@4.0.0']);
  const advisory = (name: string, version: string, severity: string) => ({
    module_name: name,
    severity,
    title: 'A weakness',
    url: 'https://example.com/1',
    findings: [{ version, paths: ['.>x'] }],
  });
  const answer = (...advisories: unknown[]) => JSON.stringify({ advisories: Object.fromEntries(advisories.entries()) });

  it.each(['high', 'critical'])('fails for a %s weakness of what is shipped', (severity) => {
    const { exitCode, lines } = verdict(answer(advisory('undici', '7.0.0', severity)), shipped);
    expect(exitCode).toBe(1);
    expect(lines[0]).toBe(`${severity}: undici@7.0.0: A weakness https://example.com/1`);
  });

  it('passes for lesser ones, which it names, and for packages or versions that are not shipped', () => {
    const others = [advisory('undici', '6.0.0', 'critical'), advisory('vitest', '4.0.0', 'critical')];
    const { exitCode, lines } = verdict(answer(advisory('zod', '4.0.0', 'moderate'), ...others), shipped);
    expect(exitCode).toBe(0);
    expect(lines).toEqual([expect.stringContaining('moderate: zod@4.0.0'), '2 packages, 1 known weaknesses']);
  });

  it.each([
    ['an error', JSON.stringify({ error: { code: 'ERR_PNPM_AUDIT_BAD_RESPONSE', message: 'x' } }), 'ERR_PNPM_AUDIT'],
    ['nothing', '', 'no answer'],
    ['a page', '<html>', 'no answer'],
    ['something else', '{}', 'no answer'],
  ])('is skipped, with the reason, when the registry answers %s', (_what, text, reason) => {
    const { exitCode, lines } = verdict(text, shipped);
    expect(exitCode).toBe(77);
    expect(lines.join()).toContain(reason);
  });
});
