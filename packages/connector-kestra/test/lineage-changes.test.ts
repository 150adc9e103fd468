import { createKestraClient, type KestraFlow } from '@flowmeta/kestra-client';
import { type KestraVersion, kestraDataset, kestraVersions } from '@flowmeta/recordings';
import { type KestraDataset, startKestraSandbox } from '@flowmeta/sandbox';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLineageBook } from '../src/lineage/lineage-book.js';
import { expectedLineage, lineOf } from './expected-lineage.js';

// What happens to the recorded edges when a flow changes: exactly the ones that it takes part in go.

interface Line {
  from: string;
  to: string;
  /** Id of the trigger or task. */
  mechanism: string;
  isTrigger: boolean;
  text: string;
}

function parse(text: string): Line {
  const [, from, to, kind, mechanism] = /^(\S+)(?: \(external\))? → (\S+): Kestra (.*): (\S+)$/.exec(text)!;
  return { from: from!, to: to!, mechanism: mechanism!, isTrigger: kind === 'Flow trigger', text };
}

async function flowsOf(version: KestraVersion): Promise<KestraFlow[]> {
  const sandbox = await startKestraSandbox({ dataset: kestraDataset(version, { plugins: true }) as KestraDataset });
  const client = createKestraClient({ url: sandbox.url });
  const flows: KestraFlow[] = [];
  for await (const flow of client.flows()) flows.push(flow);
  await client.close();
  await sandbox.close();
  return flows;
}

const nameOf = ({ namespace, id }: KestraFlow): string => `${namespace}.${id}`;

function linesOf(flows: KestraFlow[]): string[] {
  const book = createLineageBook();
  for (const flow of flows) {
    book.see(flow);
    book.define(flow);
  }
  const events = [...book.resolve({ scope: {}, isComplete: true, covers: () => true })];
  return events.flatMap((event) => (event.kind === 'lineage' ? [lineOf(event.edge)] : [])).sort();
}

/** The same value with every object changed or, where `undefined` is answered, left out of its list. */
function change<T>(value: T, edit: (object: Record<string, unknown>) => Record<string, unknown> | undefined): T {
  if (Array.isArray(value)) {
    return value.flatMap((member) => {
      const isObject = typeof member === 'object' && member !== null && !Array.isArray(member);
      const edited = isObject ? edit(member) : member;
      return edited === undefined ? [] : [change(edited, edit)];
    }) as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member, edit)])) as T;
}

describe.each(kestraVersions)('of the recorded flows of Kestra %s', (version) => {
  const expected = expectedLineage(version).sort();
  const lines = expected.map(parse);
  const definers = [...new Set(lines.map(({ from, to, isTrigger }) => (isTrigger ? to : from)))];
  let flows: KestraFlow[];
  beforeAll(async () => {
    flows = await flowsOf(version);
  });
  const definedBy = (name: string) => lines.filter(({ from, to, isTrigger }) => (isTrigger ? to : from) === name);
  const edited = (name: string, edit: Parameters<typeof change>[1]) =>
    flows.map((flow) => (nameOf(flow) === name ? change(flow, edit) : flow));

  it.each(definers)('%s loses exactly the edges of a trigger or task that is removed or switched off', (name) => {
    for (const mechanism of new Set(definedBy(name).map((line) => line.mechanism))) {
      const rest = lines.filter((line) => !definedBy(name).includes(line) || line.mechanism !== mechanism);
      const without = edited(name, (object) => (object.id === mechanism ? undefined : object));
      expect(linesOf(without)).toEqual(rest.map(({ text }) => text));
      const off = edited(name, (object) => (object.id === mechanism ? { ...object, disabled: true } : object));
      expect(linesOf(off)).toEqual(rest.map(({ text }) => text));
    }
  });

  it.each(definers)('%s loses exactly the edge to a flow whose name it gets wrong', (name) => {
    for (const line of definedBy(name)) {
      const other = line.isTrigger ? line.from : line.to;
      let hits = 0;
      const wrong = edited(name, (object) => {
        if (`${object.namespace}.${object.flowId}` !== other || object.id === line.to) return object;
        if (!line.isTrigger && object.id !== line.mechanism) return object;
        hits += 1;
        return { ...object, flowId: `${object.flowId}_wrong` };
      });
      // A wildcard spells nothing out.
      if (hits === 0) continue;
      const rest = expected.filter((text) => text !== line.text);
      const [found, missing] = [linesOf(wrong), new RegExp(`${other}_wrong \\(external\\)`)];
      expect(found.filter((text) => !missing.test(text))).toEqual(rest);
      expect(found.filter((text) => missing.test(text))).toHaveLength(1);
    }
  });

  it('a flow that is gone takes exactly its own edges with it', () => {
    for (const gone of new Set(lines.flatMap(({ from, to }) => [from, to]))) {
      const left = linesOf(flows.filter((flow) => nameOf(flow) !== gone));
      expect(left.filter((text) => !text.includes(`${gone} (external)`))).toEqual(
        lines.filter(({ from, to }) => from !== gone && to !== gone).map(({ text }) => text),
      );
    }
  });
});
