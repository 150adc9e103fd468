import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Backfilled, Remembered } from './types.js';

/** The version of the file's format; a file of a newer one is not touched. */
export const formatVersion = 1;

/** What a file holds, by the names of the scopes. */
export interface Scopes {
  remembered: Map<string, Remembered>;
  backfilled: Map<string, Backfilled>;
}

export type ReadDocument =
  | { kind: 'usable'; scopes: Scopes }
  /** Whole, but a newer program's. */
  | { kind: 'newer'; formatVersion: number }
  | { kind: 'damaged'; why: string }
  /** Something else altogether, which may be dear to somebody. */
  | { kind: 'foreign' };

const instant = z.number().int().nonnegative();
const scopeSchema = z.strictObject({
  scope: z.string(),
  config: z.string(),
  watermark: instant.optional(),
  fullAt: instant.optional(),
  edges: z.string().optional(),
  pipelines: z.array(
    z.strictObject({
      name: z.string(),
      definition: z.string().optional(),
      id: z.string(),
      hash: z.string().optional(),
      tasks: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
      memo: z.string().optional(),
      runs: z.literal(true).optional(),
    }),
  ),
  openRuns: z.array(z.strictObject({ run: z.string(), pipeline: z.string(), startedAt: instant, state: z.string() })),
});
const backfilledSchema = z.strictObject({
  scope: z.string(),
  config: z.string(),
  done: z.array(z.tuple([instant, instant])),
});
const contentSchema = z.strictObject({
  formatVersion: z.literal(formatVersion),
  scopes: z.array(scopeSchema),
  backfills: z.array(backfilledSchema).optional(),
});
const envelopeSchema = z.looseObject({ checksum: z.string(), content: z.looseObject({ formatVersion: z.number() }) });

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** The file's text: the content, and its checksum. */
export function writeDocument({ remembered, backfilled }: Scopes): string {
  const backfills = [...backfilled].map(([scope, { config, done }]) => ({
    scope,
    config,
    done: done.map(({ since, until }): [number, number] => [since, until]),
  }));
  const content: z.input<typeof contentSchema> = {
    formatVersion,
    scopes: [...remembered].map(([scope, { pipelines, openRuns, ...rest }]) => ({
      scope,
      ...rest,
      pipelines: [...pipelines].map(([name, { tasks, ...pipeline }]) => ({
        name,
        ...pipeline,
        tasks: tasks.map(([task, legal]) => (legal === undefined ? task : ([task, legal] as [string, string]))),
      })),
      openRuns: [...openRuns].map(([run, open]) => ({ run, ...open })),
    })),
    ...(backfills.length > 0 ? { backfills } : {}),
  };
  const text = JSON.stringify(content);
  return `${opening}${digestOf(text)}","content":${text}}\n`;
}

/** How each state begins. */
const opening = '{"checksum":"';

/** Whether a state that was cut, or of which some bytes were lost, may look like this. */
const mayBeRemains = (text: string): boolean =>
  /^[\0\s]*$/.test(text) ||
  opening.startsWith(text) ||
  text.startsWith(opening) ||
  text.includes('"content":{"formatVersion":');

/** Never throws: whatever isn't exactly what `writeDocument` wrote is damaged, or was never a state. */
export function readDocument(text: string): ReadDocument {
  if (!mayBeRemains(text)) return { kind: 'foreign' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { kind: 'damaged', why: 'it is no JSON' };
  }
  const envelope = envelopeSchema.safeParse(parsed);
  if (!envelope.success) return { kind: 'damaged', why: 'it is no state of Flowmeta' };
  const { checksum, content } = envelope.data;
  // The raw content: what the schema returns may have another order.
  const raw = (parsed as { content: unknown }).content;
  if (digestOf(JSON.stringify(raw)) !== checksum) return { kind: 'damaged', why: 'its checksum is wrong' };
  if (content.formatVersion > formatVersion) return { kind: 'newer', formatVersion: content.formatVersion };
  const result = contentSchema.safeParse(raw);
  if (!result.success) return { kind: 'damaged', why: 'its content is not what was expected' };
  const { scopes, backfills = [] } = result.data;
  const backfilled = backfills.map(({ scope, config, done }): [string, Backfilled] => [
    scope,
    { config, done: done.map(([since, until]) => ({ since, until })) },
  ]);
  return {
    kind: 'usable',
    scopes: { remembered: new Map(scopes.map(readScope)), backfilled: new Map(backfilled) },
  };
}

function readScope({
  scope,
  config,
  watermark,
  fullAt,
  edges,
  pipelines,
  openRuns,
}: z.output<typeof scopeSchema>): [string, Remembered] {
  return [
    scope,
    {
      config,
      ...(watermark === undefined ? {} : { watermark }),
      ...(fullAt === undefined ? {} : { fullAt }),
      ...(edges === undefined ? {} : { edges }),
      pipelines: new Map(
        pipelines.map(({ name, definition, id, hash, tasks, memo, runs }) => [
          name,
          {
            id,
            ...(definition === undefined ? {} : { definition }),
            ...(hash === undefined ? {} : { hash }),
            ...(memo === undefined ? {} : { memo }),
            ...(runs === undefined ? {} : { runs }),
            tasks: tasks.map((task): [string, string?] => (typeof task === 'string' ? [task] : task)),
          },
        ]),
      ),
      openRuns: new Map(openRuns.map(({ run, ...open }) => [run, open])),
    },
  ];
}
