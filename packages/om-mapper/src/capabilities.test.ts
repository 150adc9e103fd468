import { verdictOf } from '@flowmeta/connector';
import { openMetadataExchanges } from '@flowmeta/recordings';
import { describe, expect, it } from 'vitest';
import { capabilitiesFor, knownVersions } from './capabilities.js';

const rowOf = (version: string) => capabilitiesFor(version).capabilities;

describe('capabilitiesFor', () => {
  it('has a row for each of the thirteen minor versions, without a warning', () => {
    expect(knownVersions).toEqual('1.2 1.3 1.4 1.5 1.6 1.7 1.8 1.9 1.10 1.11 1.12 1.13 2.0'.split(' '));
    for (const version of knownVersions) {
      const { capabilities, warning } = capabilitiesFor(`${version}.3`);
      expect(capabilities.version).toBe(version);
      expect(warning).toBeUndefined();
    }
  });

  it('calls only the recorded versions verified', () => {
    expect(knownVersions.filter((version) => rowOf(version).verified)).toEqual(['1.2', '1.6']);
  });

  it('reads versions as servers and packages write them', () => {
    expect(rowOf('1.6.0-SNAPSHOT').version).toBe('1.6');
    expect(rowOf('1.10.14.7').version).toBe('1.10');
    expect(rowOf(' v1.2 ').version).toBe('1.2');
  });

  it.each([
    ['owners', 'owners', '1.5'],
    ['domains', 'domains', '1.9'],
    ['tagNames', 'entity', '1.4'],
    ['sourceHash', true, '1.3'],
    ['skippedStatus', true, '1.3'],
    ['ingestionRunSteps', true, '1.3'],
    ['maxNameLength', 256, '1.3'],
    ['pipelineState', true, '1.7'],
    ['statusDetails', true, '1.10'],
    ['bulkStatus', true, '1.12'],
    ['strictNames', true, '2.0'],
  ] as const)('%s is %s from %s on', (key, value, since) => {
    const first = knownVersions.findIndex((version) => rowOf(version)[key] === value);
    expect(knownVersions[first]).toBe(since);
    for (const version of knownVersions.slice(first)) expect(rowOf(version)[key]).toBe(value);
  });

  it('knows that 1.11 got the bulk endpoint in its ninth patch', () => {
    expect(rowOf('1.11.8').bulkStatus).toBe(false);
    expect(rowOf('1.11.9').bulkStatus).toBe(true);
    expect(rowOf('1.11.14.0').bulkStatus).toBe(true);
    expect(rowOf('1.10.20').bulkStatus).toBe(false);
  });

  it('treats an unknown version like the newest one below it, and says so', () => {
    for (const [version, known] of [
      ['1.14.0', '1.13'],
      ['2.1.0', '2.0'],
      ['3.0.0', '2.0'],
    ] as const) {
      const { capabilities, warning } = capabilitiesFor(version);
      expect(capabilities).toEqual({ ...rowOf(known), verified: false });
      expect(warning).toContain(version);
    }
  });

  it.each(['1.1.7', '0.13.3', '', 'latest', '<!doctype html>'])('refuses %j with the verdict fatal', (version) => {
    let error: unknown;
    try {
      capabilitiesFor(version);
    } catch (thrown) {
      error = thrown;
    }
    expect(verdictOf(error)).toBe('fatal');
  });

  it.each(['1.2', '1.6'] as const)('agrees with what a real %s refused and took', (version) => {
    const exchanges = openMetadataExchanges(version);
    const refused = exchanges.flatMap(
      ({ response }) => /Unrecognized field "(\w+)" \(class [\w.]*Create/.exec(messageOf(response.body))?.[1] ?? [],
    );
    const took = exchanges
      .filter(({ request, response }) => request.path === '/api/v1/pipelines' && response.status < 300)
      .flatMap(({ request }) => Object.keys((request.body ?? {}) as object));
    const row = rowOf(version);
    expect(took).toContain(row.owners);
    expect(refused).toContain(row.owners === 'owners' ? 'owner' : 'owners');
    expect(row.sourceHash ? took : refused).toContain('sourceHash');
    expect(row.sourceHash ? refused : took).not.toContain('sourceHash');
    expect(
      exchanges.some(({ response }) => messageOf(response.body).includes(`between 1 and ${row.maxNameLength}]`)),
    ).toBe(true);
  });
});

function messageOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : '';
}
