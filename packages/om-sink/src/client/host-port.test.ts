import { describe, expect, it } from 'vitest';
import { apiBase } from './host-port.js';

describe('apiBase', () => {
  it.each([
    ['https://om.example.com', 'https://om.example.com/api/v1'],
    ['https://om.example.com/', 'https://om.example.com/api/v1'],
    ['https://om.example.com/api', 'https://om.example.com/api/v1'],
    ['https://om.example.com/api/', 'https://om.example.com/api/v1'],
    ['http://localhost:8585/api/v1', 'http://localhost:8585/api/v1'],
    ['http://localhost:8585/api/v1//', 'http://localhost:8585/api/v1'],
    [' http://localhost:8585/api ', 'http://localhost:8585/api/v1'],
    ['https://proxy.example.com/catalog/api', 'https://proxy.example.com/catalog/api/v1'],
    ['https://api.example.com', 'https://api.example.com/api/v1'],
    ['https://user:secret@om.example.com/api?x=1#y', 'https://om.example.com/api/v1'],
  ])('reads %s as %s', (hostPort, base) => {
    expect(apiBase(hostPort)).toBe(base);
  });

  it.each(['', 'om.example.com', 'localhost:8585/api', 'ftp://om.example.com'])(
    'refuses %j without repeating it',
    (hostPort) => {
      expect(() => apiBase(hostPort)).toThrow(/hostPort is not a url such as/);
    },
  );
});
