import { z } from 'zod';

const kind = z.enum(['worker', 'process']);

/** `source.isolation`. */
export const isolationSchema = z.union([
  kind,
  z.strictObject({
    type: kind.describe('`worker`: a thread of this process. `process`: a process of its own.'),
    maxMemory: z
      .int()
      .min(16)
      .max(1_000_000)
      .nullish()
      .describe('What its heap may grow to, MB; default as Node decides.'),
    timeout: z
      .number()
      .positive()
      .max(86_400)
      .nullish()
      .describe('Seconds that it may be silent while something is expected of it; default 300.'),
  }),
]);

/** `source.connector`, and each of `connectors`. */
export const packageSchema = z.string().min(1);
