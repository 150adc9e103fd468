import { type CheckStep, VerdictError } from '@flowmeta/connector';
import { checkViolations } from '@flowmeta/connector/testing';
import type { KestraClient } from '@flowmeta/kestra-client';
import { kestraVersions } from '@flowmeta/recordings';
import { describe, expect, it } from 'vitest';
import { kestraConfigSchema } from '../src/config.js';
import { connectKestra } from '../src/connector.js';
import { recordedClient, type Snapshot, snapshot } from './recorded-client.js';

const password = 'Sup3r-s3cret-value';

async function check(overrides: Partial<KestraClient> = {}, of: Snapshot = snapshot('1.0.3')) {
  const config = kestraConfigSchema.parse({ hostPort: 'https://kestra.example.com', username: 'u', password });
  const context = { now: () => Date.UTC(2026, 10, 22, 12), serviceName: 'kestra' };
  const steps: CheckStep[] = [];
  for await (const step of connectKestra(recordedClient(of, overrides), config, context).check()) steps.push(step);
  expect(checkViolations(steps)).toEqual([]);
  return steps;
}

const outcome = (steps: CheckStep[]): string => steps.map(({ name, status }) => `${name}: ${status}`).join(', ');

/** As the client reports it; recognised by its mark. */
const kestraError = (kind: string, message: string, hint?: string) =>
  Object.assign(new VerdictError(message, { verdict: 'fatal', ...(hint !== undefined && { hint }) }), {
    kind,
    [Symbol.for('flowmeta.kestra-error')]: true,
  });

const failing = (error: Error) => async () => {
  throw error;
};
const failingStream = (error: Error) =>
  // biome-ignore lint/correctness/useYield: it fails before it could
  async function* () {
    throw error;
  };

describe('the check', () => {
  it.each(kestraVersions)('passes every step on Kestra %s', async (version) => {
    const steps = await check({}, snapshot(version));
    expect(outcome(steps)).toBe(
      'reach: passed, version: passed, sign in: passed, list flows: passed, graph: passed, executions: passed',
    );
    expect(steps[1]?.message).toContain(snapshot(version).server.version);
  });

  it('says that the server cannot be reached', async () => {
    const steps = await check({ server: failing(new VerdictError('connect ECONNREFUSED', { verdict: 'retry' })) });
    expect(outcome(steps)).toMatch(/^reach: failed, version: skipped, .*executions: skipped$/);
    expect(steps[0]?.hint).toMatch(/hostPort/);
  });

  it.each(['server', 'flows'] as const)('says that the sign-in failed, whether %s tells so or not', async (method) => {
    const error = kestraError('sign-in', 'Kestra refuses the credentials', 'Check them.');
    const steps = await check({ [method]: method === 'server' ? failing(error) : failingStream(error) });
    expect(steps.find(({ name }) => name === 'reach')?.status).toBe('passed');
    expect(steps.find(({ status }) => status === 'failed')).toEqual({
      name: 'sign in',
      status: 'failed',
      message: 'Kestra refuses the credentials',
      hint: 'Check them.',
    });
    expect(steps).toHaveLength(6);
  });

  it('says that the tenant is wrong', async () => {
    const steps = await check({ flows: failingStream(kestraError('tenant', 'Kestra has no tenant "x"')) });
    expect(outcome(steps)).toMatch(/sign in: passed, list flows: failed, graph: skipped, executions: skipped$/);
    expect(steps[3]?.hint).toMatch(/tenantId/);
  });

  it('warns of a version that nothing is known of', async () => {
    const of = snapshot('1.0.3');
    const server = { ...of.server, dialect: { ...of.server.dialect, verified: false }, warnings: ['it is newer'] };
    const steps = await check({}, { ...of, server });
    expect(steps[1]).toMatchObject({ status: 'warning', message: expect.stringContaining('it is newer') });
  });

  it('warns when there is no flow to be seen', async () => {
    const steps = await check({}, { ...snapshot('1.0.3'), flows: [] });
    expect(outcome(steps)).toMatch(/list flows: warning, graph: skipped, executions: passed$/);
  });

  it('warns when the server draws no graph, and fails when executions cannot be read', async () => {
    const steps = await check({
      flowGraph: async () => ({ ok: false, status: 409, message: 'Broken.' }),
      executions: failingStream(new VerdictError(`boom ${password}`, { verdict: 'skip' })),
    });
    expect(outcome(steps)).toMatch(/graph: warning, executions: failed$/);
    expect(JSON.stringify(steps)).not.toContain(password);
  });
});
