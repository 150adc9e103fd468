import { readFileSync } from 'node:fs';
import type { ConnectorDefinition } from '@flowmeta/connector';
import { expect, it } from 'vitest';
import { conformanceRules, describeConnector } from '../src/testing/index.js';
import { acme } from './readme-example.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it('the example of the README is the one that is tested here', () => {
  expect(read('../README.md')).toContain(read('./readme-example.ts'));
});

it('the README lists each rule', () => {
  const rows = conformanceRules.map(({ id, sentence, needs }) => `| \`${id}\` | ${sentence} | ${needs ?? ''} |`);
  expect(read('../README.md')).toContain(['| rule | promise | needs |', '| --- | --- | --- |', ...rows].join('\n'));
});

describeConnector({
  name: 'The example of the README',
  definition: acme as ConnectorDefinition,
  open: () => acme.open({ hostPort: 'http://localhost:4000' }, { now: () => 0, serviceName: 'acme' }),
  window: { since: Date.UTC(2026, 0, 1), until: Date.UTC(2026, 0, 2) },
});
