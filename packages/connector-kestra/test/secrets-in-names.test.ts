import type { SourceEvent } from '@flowmeta/connector';
import { createRedactor } from '@flowmeta/redact';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { taskTree } from '../src/constructs.js';
import { createDatasetBook } from '../src/datasets/dataset-book.js';
import { openTexts } from '../src/datasets/open-texts.js';
import { definitionGraph } from '../src/definition-graph.js';
import { flowOf } from './recorded-client.js';

const secret = 'hunter22zebra';
const postgres = 'type: io.kestra.plugin.jdbc.postgresql.Query, url: "jdbc:postgresql://db/shop"';

async function eventsOf(yaml: string): Promise<SourceEvent[]> {
  const flow = flowOf(parse(`id: f\nnamespace: n\n${yaml}`));
  const book = createDatasetBook(createRedactor());
  await book.define(flow, definitionGraph(taskTree(flow)));
  return [...book.resolve()];
}

describe('a dataset whose name is made of a text with a secret', () => {
  it.each([
    ['a topic', `topic: "https://hooks.slack.com/services/T0/B0/${secret}"`],
    ['a token', `topic: "ghp_${secret.padEnd(36, '0')}"`],
    ['a command', `topic: "orders --password ${secret}"`],
  ])('is left out, and said to be: %s', async (_what, topic) => {
    const events = await eventsOf(`tasks:
  - {id: read, ${postgres}, sql: "SELECT * FROM raw.orders", fetchType: STORE}
  - {id: send, type: io.kestra.plugin.kafka.Produce, properties: {bootstrap.servers: "k:9092"}, ${topic}, from: "{{ outputs.read.uri }}"}`);
    expect(JSON.stringify(events)).not.toContain(secret);
    expect(events.filter(({ kind }) => kind === 'lineage')).toEqual([]);
    expect(events.filter(({ kind }) => kind === 'unresolved')).toEqual([
      { kind: 'unresolved', gap: expect.objectContaining({ pipeline: 'n.f', reason: 'hidden' }) },
    ]);
  });

  it('keeps the dataset when the secret is only in how its server is reached', async () => {
    const events = await eventsOf(`tasks:
  - {id: load, type: io.kestra.plugin.jdbc.postgresql.Query, url: "jdbc:postgresql://etl:${secret}@db/shop", sql: "INSERT INTO mart.t SELECT * FROM raw.t"}`);
    expect(JSON.stringify(events)).not.toContain(secret);
    expect(events).toEqual([expect.objectContaining({ kind: 'lineage' })]);
  });
});

describe('openTexts', () => {
  it('takes secrets out of texts and of JSON in texts, which stays JSON, and leaves SQL and ids', () => {
    const sql = `CREATE USER me IDENTIFIED BY '${secret}'`;
    const item = {
      id: `password=${secret}`,
      sql,
      url: `s3://me:${secret}@bucket/x`,
      body: JSON.stringify({ list: [{ password: secret, url: `https://me:${secret}@h/x` }] }),
      other: '{"a":  1}',
    };
    const open = openTexts(item, createRedactor([secret]));
    expect(open).toEqual({
      id: item.id,
      sql,
      url: 's3://***@bucket/x',
      body: '{"list":[{"password":"***","url":"https://***@h/x"}]}',
      other: '{"a":  1}',
    });
  });
});
