import { VerdictError } from '@flowmeta/connector';
import { createHttpClient, type HttpClientOptions, path } from '@flowmeta/http';
import { z } from 'zod';

const stepSchema = z.object({
  id: z.string(),
  kind: z.string().nullish(),
  after: z.array(z.string()).nullish(),
  /** Addresses of tables, e.g. `postgres://db.example.com:5432/shop/public/orders`. */
  reads: z.array(z.string()).nullish(),
  writes: z.array(z.string()).nullish(),
});

const jobSchema = z.object({
  id: z.string(),
  folder: z.string(),
  title: z.string().nullish(),
  owner: z.string().nullish(),
  paused: z.boolean().nullish(),
  cron: z.string().nullish(),
  /** Ids of jobs, with their folders, whose end starts this one. */
  follows: z.array(z.string()).nullish(),
  steps: z.array(stepSchema),
});

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const runSchema = z.object({
  id: z.string(),
  job: z.string(),
  status: z.string(),
  started: instant,
  ended: instant.nullish(),
  steps: z.array(z.object({ id: z.string(), status: z.string(), started: instant, ended: instant.nullish() })),
});

export type AcmeJob = z.output<typeof jobSchema>;
export type AcmeRun = z.output<typeof runSchema>;

/** What a list has: an item, or one that makes no sense. `isNamed`: its `ref` is the name that its pipeline has. */
export type Item<T> = { item: T } | { ref: string; isNamed: boolean; error: Error };

const pageSchema = z.object({ items: z.array(z.unknown()), next: z.number().nullish() });
type Page = z.output<typeof pageSchema>;

interface Lookup {
  signal: AbortSignal;
}

export type AcmeClient = ReturnType<typeof createAcmeClient>;

export function createAcmeClient(options: HttpClientOptions & { token: string }) {
  const { token, ...rest } = options;
  const http = createHttpClient({ ...rest, headers: { authorization: `Bearer ${token}` } });

  async function pageOf(url: string, query: Record<string, number>, { signal }: Lookup): Promise<Page> {
    const { body } = await http.request({ path: url, query, signal });
    return parse(pageSchema, body, url);
  }

  async function* list<T>(
    url: string,
    { schema, query = {}, signal }: Lookup & { schema: z.ZodType<T>; query?: Record<string, number> },
  ): AsyncGenerator<Item<T>> {
    let next: number | null | undefined = 1;
    while (next != null) {
      const page: Page = await pageOf(url, { ...query, page: next }, { signal });
      for (const item of page.items) yield toItem(schema, item);
      next = page.next;
    }
  }

  return {
    async version({ signal }: Lookup): Promise<string> {
      const { body } = await http.request({ path: '/api/info', signal });
      return parse(z.object({ version: z.string() }), body, '/api/info').version;
    },
    jobs: (lookup: Lookup) => list('/api/jobs', { ...lookup, schema: jobSchema }),
    /** Runs that started from `since` on and before `until`, ms. */
    runs: ({ since, until, signal }: Lookup & { since: number; until: number }) =>
      list('/api/runs', { signal, schema: runSchema, query: { from: since, to: until } }),
    async hasJob(folder: string, id: string, { signal }: Lookup): Promise<boolean> {
      const { status } = await http.request({ path: path`/api/jobs/${folder}/${id}`, accepted: [404], signal });
      return status !== 404;
    },
    close: () => http.close(),
  };
}

function toItem<T>(schema: z.ZodType<T>, item: unknown): Item<T> {
  const result = schema.safeParse(item);
  if (result.success) return { item: result.data };
  const { folder, id } = (item ?? {}) as { folder?: unknown; id?: unknown };
  const isNamed = typeof folder === 'string' && typeof id === 'string';
  const ref = isNamed ? `${folder}.${id}` : typeof id === 'string' ? id : 'an item without an id';
  return { ref, isNamed, error: new VerdictError(z.prettifyError(result.error), { verdict: 'skip' }) };
}

/** @throws VerdictError `fatal` when the answer is not one of Acme. */
function parse<T>(schema: z.ZodType<T>, body: unknown, url: string): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new VerdictError(`${url} does not answer as Acme does: ${z.prettifyError(result.error)}`, {
    verdict: 'fatal',
    hint: 'Check that `hostPort` is the address of Acme.',
  });
}
