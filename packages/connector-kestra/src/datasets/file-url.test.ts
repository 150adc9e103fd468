import { datasetLabel } from '@flowmeta/connector';
import { describe, expect, it } from 'vitest';
import { containerOfUrl } from './file-url.js';

const at = (text: string, known = true) => containerOfUrl({ text, known }, 'type');

describe('containerOfUrl', () => {
  it.each([
    ['s3://lake/raw/orders/', 's3://lake/raw/orders', 's3://lake'],
    ['s3a://lake//raw///x.csv', 's3://lake/raw/x.csv', 's3://lake'],
    ['s3://lake', 's3://lake', 's3://lake'],
    ['gs://lake/a?b.csv', 'gs://lake/a?b.csv', 'gs://lake'],
    ['abfss://raw@acme.dfs.core.windows.net/a/b', 'abfss://raw/a/b', 'https://acme.blob.core.windows.net'],
    ['wasbs://raw@acme.blob.core.windows.net/a', 'abfss://raw/a', 'https://acme.blob.core.windows.net'],
    ['azure://acme.blob.core.windows.net/raw/a', 'abfss://raw/a', 'https://acme.blob.core.windows.net'],
    ['az://raw/a', 'abfss://raw/a', 'abfss://raw'],
    ['https://acme.blob.core.windows.net/raw/a?sig=x', 'abfss://raw/a', 'https://acme.blob.core.windows.net'],
    ['https://lake.s3.eu-west-1.amazonaws.com/a/b', 's3://lake/a/b', 's3://lake'],
    ['https://s3.amazonaws.com/lake/a/b', 's3://lake/a/b', 's3://lake'],
    ['https://storage.googleapis.com/lake/a', 'gs://lake/a', 'gs://lake'],
    ['https://u:p@acme.example:8443/a?token=x#y', 'http://acme.example:8443/a', 'https://acme.example:8443'],
    ['sftp://u:p@h:22/in/f', 'sftp://h:22/in/f', 'sftp://h:22'],
  ])('%s is %s', (text, label, connection) => {
    const found = at(text);
    expect(found && datasetLabel(found)).toBe(label);
    expect(found?.connections[0]).toBe(connection);
    expect(found?.connections.at(-1)).toBe('type');
  });

  it('ends at the last folder before a template', () => {
    expect(at('s3://lake/orders/day=', false)).toMatchObject({ bucket: 'lake', path: 'orders' });
    expect(at('s3://lake/', false)).toMatchObject({ bucket: 'lake', path: '' });
    expect(at('s3://lake-', false)).toBeUndefined();
  });

  it.each([
    '',
    'in.csv',
    '/data/in.csv',
    'kestra:///a/b',
    'file:///a',
    's3://',
    's3:///a',
    '@stage/x',
    'constructor://x/y',
    's3://a b/c',
  ])('knows no storage for "%s"', (text) => expect(at(text)).toBeUndefined());
});
