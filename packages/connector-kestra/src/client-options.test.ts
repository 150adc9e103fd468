import { describe, expect, it } from 'vitest';
import { clientOptions } from './client-options.js';
import { kestraConfigSchema } from './config.js';

const options = (config: object = {}, context: object = {}) =>
  clientOptions(kestraConfigSchema.parse({ hostPort: 'https://kestra.example.com', ...config }), {
    now: () => 0,
    serviceName: 'kestra',
    ...context,
  });

describe('the options of the client', () => {
  it('are those of the smallest config', () => {
    expect(options()).toEqual({
      url: 'https://kestra.example.com',
      auth: { kind: 'none' },
      tls: { verify: true },
      timeoutMs: 60_000,
      concurrency: 8,
    });
  });

  it('sign in with a user name or a token', () => {
    expect(options({ username: 'u', password: 'p' }).auth).toEqual({ kind: 'basic', username: 'u', password: 'p' });
    expect(options({ token: 't', tenantId: 'prod' })).toMatchObject({
      auth: { kind: 'bearer', token: 't' },
      tenant: 'prod',
    });
  });

  it('accept any certificate only with verifySSL: ignore', () => {
    expect(['ignore', 'no-ssl', 'validate'].map((verifySSL) => options({ verifySSL }).tls?.verify)).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('carry the limits', () => {
    expect(options({ concurrency: 2, requestsPerSecond: 0.5 })).toMatchObject({
      concurrency: 2,
      requestsPerSecond: 0.5,
    });
    expect(() => options({ requestsPerSecond: 0 })).toThrow(/requestsPerSecond/);
  });

  it('carry certificates', () => {
    const pem = (what: string) => `-----BEGIN ${what}-----`;
    const sslConfig = { caCertificate: pem('CA'), sslCertificate: pem('CERTIFICATE'), sslKey: pem('KEY') };
    expect(options({ sslConfig }).tls).toEqual({
      verify: true,
      ca: pem('CA'),
      cert: pem('CERTIFICATE'),
      key: pem('KEY'),
    });
  });

  it('carry what the host lends', () => {
    const proxyEnvironment = { httpsProxy: 'http://proxy:3128' };
    const onRequest = () => {};
    const onAvailability = () => {};
    const context = { proxyEnvironment, onRequest, onAvailability, userAgent: 'flowmeta/1' };
    expect(options({ requestTimeout: 2.5 }, context)).toMatchObject({
      proxy: proxyEnvironment,
      onAttempt: onRequest,
      onAvailability,
      userAgent: 'flowmeta/1',
      timeoutMs: 2500,
    });
  });
});
