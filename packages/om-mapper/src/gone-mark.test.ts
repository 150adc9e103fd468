import { describe, expect, it } from 'vitest';
import { capabilitiesFor } from './capabilities.js';
import { goneMark, isGoneMark } from './gone-mark.js';
import { namespaceOf, ownHashOf } from './source-hash.js';

const rowOf = (version: string) => capabilitiesFor(version).capabilities;
const digests = `${'b'.repeat(22)}${'t'.repeat(7)}`;

describe('the mark of a pipeline that Flowmeta takes away', () => {
  it('is the hash that was there under another number, so that texts still show whose they are', () => {
    const mark = goneMark({ sourceHash: `fm1${digests}` }, rowOf('1.6'));
    expect(mark).toEqual({ field: 'sourceHash', value: `fm0${digests}` });
    const own = ownHashOf({ sourceHash: mark!.value }, rowOf('1.6'))!;
    expect(own).toEqual({ version: 0, body: 'b'.repeat(22), text: 't'.repeat(7) });
    expect(isGoneMark(own)).toBe(true);
    expect(isGoneMark(ownHashOf({ sourceHash: `fm1${digests}` }, rowOf('1.6'))!)).toBe(false);
  });

  it.each([
    ['a server without sourceHash', '1.2', {}],
    ['a server that was upgraded from there', '1.6', { sourceHash: null }],
  ])('stands after the namespace on %s', (_, version, more) => {
    const mark = goneMark({ pipelineLocation: `company.team#fm1${digests}`, ...more }, rowOf(version));
    expect(mark).toEqual({ field: 'pipelineLocation', value: `company.team#fm0${digests}` });
    expect(namespaceOf({ pipelineLocation: mark!.value })).toBe('company.team');
  });

  it('is not for a pipeline of somebody else', () => {
    expect(goneMark({ sourceHash: 'd41d8cd98f00b204e9800998ecf8427e' }, rowOf('1.6'))).toBeUndefined();
    expect(goneMark({ pipelineLocation: 'somewhere' }, rowOf('1.2'))).toBeUndefined();
    expect(goneMark({ sourceHash: `fm1${digests}` }, rowOf('1.2'))).toBeUndefined();
  });
});
