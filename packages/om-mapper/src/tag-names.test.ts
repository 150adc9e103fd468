import { openMetadataExchanges } from '@flowmeta/recordings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { label } from '../test/models.js';
import { capabilitiesFor } from './capabilities.js';
import { legalName } from './names.js';
import { labelOf, tagName } from './tag-names.js';

describe('tagName', () => {
  it.each([
    ['team', 'data', 'team - data'],
    ['équipe', 'données (Paris)', 'équipe - données (Paris)'],
    ['version', '1.2', 'version - 1.2'],
    ['cost_center', "it's R&D", "cost_center - it's R&D"],
    ['team_', 'data', 'team_ - data'],
    ['owner', 'a@b.com', "owner - a'40'b.com"],
    ['empty', '', "empty - 'empty'"],
    ['a - b', 'c', "a'20'- b - c"],
    ['a -', 'c', "a'20'- - c"],
    ['a', '- c', 'a - - c'],
    ['a', 'b\tc', "a - b'09'c"],
    ['code', "'2F'", "code - '27'2F'"],
    ['half', '\ud83d', "half - 'D83D'"],
    ['url', 'https://e.example/?a=1&b=2', "url - https'3A''2F''2F'e.example'2F''3F'a'3D'1&b'3D'2"],
    ['mood', '😀', "mood - '1F600'"],
  ])('%j=%j is %j', (key, value, name) => {
    expect(tagName({ key, value })).toBe(name);
    expect(labelOf(name)).toEqual({ key, value });
  });

  it('keeps long values apart', () => {
    const values = Array.from({ length: 200 }, (_, index) => `${'https'.repeat(20)}${index}`);
    const names = values.map((value) => tagName({ key: 'repository', value }));
    expect(new Set(names).size).toBe(200);
    for (const name of names) {
      expect(name.length).toBeLessThanOrEqual(64);
      expect(name.startsWith('repository - httpshttps')).toBe(true);
      expect(labelOf(name)).toBeUndefined();
    }
  });

  it('is legal on every version and can be turned back', () => {
    fc.assert(
      fc.property(label, (value) => {
        const name = tagName(value);
        expect(name).toMatch(/^[\p{L}\p{M}\p{Nd}_'\- .&()]{4,64}$/u);
        expect(name.length).toBeLessThanOrEqual(64);
        const back = labelOf(name);
        if (!name.includes("'cut")) expect(back).toEqual(value);
        else if (back !== undefined) expect(back).toEqual(value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has no sign that a real 1.2 refused', () => {
    const writes = openMetadataExchanges('1.2').filter(
      ({ request }) => request.method === 'PUT' && request.path === '/api/v1/tags',
    );
    const nameOf = (body: unknown): string => (body as { name: string }).name;
    const refused = writes.filter(({ response }) => JSON.stringify(response.body).includes('name must match'));
    const taken = writes.filter(({ response }) => response.status < 300);
    expect(refused.map(({ request }) => nameOf(request.body))).toEqual(['env=prod', 'env:prod', 'a/b']);
    for (const { request } of refused) {
      const name = nameOf(request.body);
      expect(tagName({ key: 'k', value: name })).not.toContain(name);
    }
    expect(taken.length).toBeGreaterThan(2);
    for (const { request } of taken) {
      const name = nameOf(request.body);
      expect(tagName({ key: 'k', value: name })).toBe(`k - ${name}`);
    }
  });
});

describe('a text that is all marks of escapes', () => {
  const capabilities = capabilitiesFor('1.6').capabilities;
  it.each([
    ['a label', (text: string) => tagName({ key: text, value: text }), "'"],
    ['a name', (text: string) => legalName(text, { capabilities }).legal, '_'],
    ['a name', (text: string) => legalName(text, { capabilities }).legal, ':'],
  ])('costs time in proportion to its length: %s', (_what, nameOf, mark) => {
    const cost = (length: number): number => {
      const before = process.cpuUsage();
      nameOf(mark.repeat(length));
      const used = process.cpuUsage(before);
      return used.user + used.system;
    };
    cost(10_000);
    // Quadratic time would be 400 times as much for 20 times the text; a floor keeps small numbers out of the ratio.
    expect(cost(200_000) / Math.max(cost(10_000), 10_000)).toBeLessThan(120);
  });
});

describe('labelOf', () => {
  it('knows no label for a name that tagName does not give', () => {
    expect(labelOf('prod')).toBeUndefined();
  });
});
