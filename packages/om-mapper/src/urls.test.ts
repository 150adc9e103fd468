import { describe, expect, it } from 'vitest';
import { webUrl } from './urls.js';

describe('webUrl', () => {
  it.each([
    'http://kestra:8080/logs/1',
    'https://kestra_1/ui/main/executions?filters[x]=1'.replace(/[[\]]/g, ''),
    'https://[::1]:8080/ui/',
    'https://kestra.example.com/ui/%C3%A9?a=b&c=d/?e#f',
  ])('keeps %s', (url) => {
    expect(webUrl(url)).toBe(url);
  });

  it.each([
    ['http://kestra:8080/a b', 'http://kestra:8080/a%20b'],
    ['https://kestra.example.com/é', 'https://kestra.example.com/%C3%A9'],
    ['https://kestra.example.com/?q="x"', 'https://kestra.example.com/?q=%22x%22'],
  ])('makes %s legal', (url, legal) => {
    expect(webUrl(url)).toBe(legal);
  });

  it.each([
    undefined,
    '',
    'kestra',
    '/ui/relative',
    'javascript:alert(1)',
    'https://user:secret@kestra.example.com/',
    'https://token@kestra.example.com/',
    'https://kestra.example.com/100%',
    'https://kestra.example.com/?q=a|b',
    'https://kestra.example.com:99999999/',
  ])('leaves out %s', (url) => {
    expect(webUrl(url)).toBeUndefined();
  });
});
