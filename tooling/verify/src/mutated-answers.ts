import type { Fault, FaultAnswer } from '@flowmeta/sandbox';
import fc from 'fast-check';
import { type Mutation, mutate, mutation } from './mutation.js';

/** A change to the answers of some requests. */
export type AnswerMutation = { target: number } & (({ of: 'json' } & Mutation) | { of: 'text'; change: TextChange });

type TextChange =
  | { kind: 'cut'; share: number }
  | { kind: 'insert'; share: number; text: string }
  /** `{"a":[{"a":[…` */
  | { kind: 'nest'; levels: number }
  | { kind: 'pad'; megabytes: number };

const textChange: fc.Arbitrary<TextChange> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.double({ min: 0, max: 1, noNaN: true }).map((share) => ({ kind: 'cut' as const, share })),
  },
  {
    weight: 40,
    arbitrary: fc
      .tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom('\u0000', '"', '}', ',', '\ufeff', '\ud800', 'NaN', '<html>'),
      )
      .map(([share, text]) => ({ kind: 'insert' as const, share, text })),
  },
  { weight: 10, arbitrary: fc.constantFrom(1_000, 100_000).map((levels) => ({ kind: 'nest' as const, levels })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'pad' as const, megabytes: 10 }) },
);

/** Most changes leave the answer JSON. */
export const answerMutation: fc.Arbitrary<AnswerMutation> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.tuple(mutation, fc.nat()).map(([change, target]) => ({ of: 'json' as const, target, ...change })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(textChange, fc.nat()).map(([change, target]) => ({ of: 'text' as const, target, change })),
  },
);

/** Requests fall into so many groups; a mutation is for one of them. */
const groups = 97;

/** The same for the same request in every run, whatever ids the server gave. */
function groupOf(request: { method: string; path: string; query: string }): number {
  const text = `${request.method} ${request.path}?${request.query}`.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '');
  let hash = 7;
  for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % groups;
}

function changeText(text: string, change: TextChange): string {
  switch (change.kind) {
    case 'cut':
      return text.slice(0, Math.floor(text.length * change.share));
    case 'insert': {
      const at = Math.floor(text.length * change.share);
      return text.slice(0, at) + change.text + text.slice(at);
    }
    case 'nest':
      return `${'{"results":['.repeat(change.levels)}${']}'.repeat(change.levels)}`;
    case 'pad':
      return text.replace(/"(?=[^"]*")/, `"${'x'.repeat(change.megabytes * 1_000_000)}`);
  }
}

export interface MutatedAnswersOptions {
  /** Called for each change that was made. */
  onApplied: () => void;
  /** Requests whose answers stay as they are; tested against the path with its query. */
  spared?: RegExp;
}

/** Changes the answers of a server. */
export function mutatedAnswers(
  mutations: readonly AnswerMutation[],
  { onApplied, spared }: MutatedAnswersOptions,
): Fault {
  const rewrite = (answer: FaultAnswer, request: { method: string; path: string; query: string }): FaultAnswer => {
    if (spared?.test(`${request.path}?${request.query}`.replace(/\?$/, ''))) return answer;
    const group = groupOf(request);
    let { json, text } = answer;
    for (const each of mutations) {
      if (each.target % groups !== group) continue;
      if (each.of === 'json' && json !== undefined) json = mutate(json, each);
      else if (each.of === 'text' && (json !== undefined || text !== undefined)) {
        text = changeText(text ?? JSON.stringify(json), each.change);
        json = undefined;
      } else continue;
      onApplied();
    }
    const { json: _json, text: _text, ...rest } = answer;
    const headers = { 'content-type': 'application/json', ...rest.headers };
    return { ...rest, headers, ...(json === undefined ? {} : { json }), ...(text === undefined ? {} : { text }) };
  };
  return { effect: { kind: 'rewrite', rewrite } };
}
