import { describe, expect, it } from 'vitest';
import { check, violations } from '../src/imports.mjs';

const context = {
  name: 'om-mapper',
  folder: '/repo/packages/om-mapper',
  allowed: ['@flowmeta/connector'],
  declared: new Set(['@flowmeta/connector']),
};
const found = (text: string, over = {}) =>
  violations('/repo/packages/om-mapper/src/map.ts', text, { ...context, ...over });

describe('the import rules', () => {
  it('hold in every package', () => {
    const { files, problems } = check();
    expect(problems).toEqual([]);
    expect(files).toBeGreaterThan(50);
  });

  it('let an allowed and declared package through', () => {
    expect(found("import type { Run } from '@flowmeta/connector';")).toEqual([]);
  });

  it.each([
    ["import { x } from '@flowmeta/http';", '@flowmeta/http is forbidden in om-mapper'],
    ["export * from '@flowmeta/kestra-client';", '@flowmeta/kestra-client is forbidden in om-mapper'],
    ["const fs = await import('node:fs');", 'node:fs is forbidden in om-mapper'],
    ["import x from '../../om-sink/src/index.js';", '../../om-sink/src/index.js leaves the package'],
    ['export const now = Date.now();', 'Date.now( belongs to the runner'],
    ['export const home = process.env.HOME;', 'process.env belongs to the runner'],
    ["console.log('x');", 'console.l belongs to the runner'],
  ])('refuse %s', (text, problem) => {
    expect(found(text)).toContain(problem);
  });

  it('refuse an import that package.json does not declare', () => {
    expect(found("import { z } from 'zod';", { allowed: ['zod'] })).toEqual([
      'zod is not a declared dependency of om-mapper',
    ]);
  });

  it('do not mistake comments and strings for calls', () => {
    expect(found("// process.env is not read here\nexport const text = 'console.log(Date.now())';")).toEqual([]);
  });
});
