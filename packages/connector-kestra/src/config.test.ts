import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { kestraConfigSchema } from './config.js';
import { kestraConnector } from './connector.js';

const hostPort = 'https://kestra.example.com/kestra';
const problems = (config: object): string =>
  (kestraConfigSchema.safeParse(config).error?.issues ?? [])
    .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    .join('\n');

describe('the config', () => {
  it('needs nothing but an address', () => {
    expect(kestraConfigSchema.parse({ hostPort })).toEqual({
      type: 'Kestra',
      hostPort,
      verifySSL: 'validate',
      ownerLabel: 'owner',
      requestTimeout: 60,
      concurrency: 8,
    });
  });

  it('takes what the earlier Python connector took', () => {
    const config = {
      type: 'Kestra',
      hostPort: 'http://kestra:8080',
      tenantId: 'main',
      username: 'admin@kestra.io',
      password: 'secret',
      verifySSL: 'no-ssl',
      sslConfig: { caCertificate: '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----' },
      pipelineFilterPattern: { includes: ['company'], excludes: ['.*test.*'] },
      numberOfStatus: 10,
    };
    expect(problems(config)).toBe('');
  });

  it('accepts its own examples', () => {
    expect(kestraConnector.examples.map(({ config }) => problems(config as object))).toEqual(['', '']);
  });

  it.each<[string, object, RegExp]>([
    ['an unknown option', { hostPort, hostport: 'x' }, /hostport/],
    ['no address', {}, /hostPort: expected the address/],
    ['an address of another kind', { hostPort: 'ftp://kestra' }, /hostPort: expected the address/],
    ['an address with credentials', { hostPort: 'https://u:p@kestra.example.com' }, /use `username` and `password`/],
    ['a user name alone', { hostPort, username: 'u' }, /password: `username` and `password` need each other/],
    ['a password alone', { hostPort, password: 'p' }, /username: `username` and `password` need each other/],
    ['a token and a user name', { hostPort, token: 't', username: 'u', password: 'p' }, /token: give either/],
    ['a path instead of PEM text', { hostPort, sslConfig: { caCertificate: '/etc/ca.pem' } }, /expected PEM text/],
    [
      'a client certificate without its key',
      { hostPort, sslConfig: { sslCertificate: '-----BEGIN X' } },
      /need each other/,
    ],
    ['a pattern that is none', { hostPort, pipelineFilterPattern: { includes: ['('] } }, /includes\.0: "\("/],
    [
      'a pattern only Python knows',
      { hostPort, pipelineFilterPattern: { excludes: ['(?x)a'] } },
      /excludes\.0: .*\(\?x\)/,
    ],
    ['a namespace that is none', { hostPort, namespaces: { includes: ['a*'] } }, /not a Kestra namespace/],
    ['no requests at all', { hostPort, concurrency: 0 }, /concurrency/],
    ['no time at all', { hostPort, requestTimeout: 0 }, /requestTimeout/],
  ])('with %s is refused where it is wrong', (_what, config, message) => {
    expect(problems(config)).toMatch(message);
  });

  it('describes every option, and marks the secret ones', () => {
    const { properties } = z.toJSONSchema(kestraConfigSchema, { io: 'input' }) as unknown as Described;
    const options = Object.entries(properties);
    expect(options.filter(([, { description = '' }]) => description === '').map(([name]) => name)).toEqual([]);
    expect(options.filter(([, { secret }]) => secret === true).map(([name]) => name)).toEqual(['password', 'token']);
    expect(properties.sslConfig?.properties.sslKey?.secret).toBe(true);
  });
});

interface Described {
  description?: string;
  secret?: boolean;
  properties: Record<string, Described>;
}
