import { z } from 'zod';

const duration = z.string().regex(/^\d+(?:\.\d+)?\s*[mhdw]$/i, 'must be a duration such as 10m, 24h or 7d');

/** `workflowConfig.state`. */
export const stateSchema = z
  .strictObject({
    type: z
      .enum(['file', 'none'])
      .nullish()
      .describe('`file`, the default where a path is given, or `none`: every run reads everything.'),
    path: z
      .string()
      .min(1)
      .nullish()
      .describe('The file; made when it is absent, in a directory that is there. Relative to the current directory.'),
    overlap: duration
      .nullish()
      .describe(
        'How long before the end of the last run the next one starts to read: clocks differ, and runs may show late. Default `10m`.',
      ),
    fullEvery: duration
      .nullish()
      .describe('After how long everything is read in full again, as with `--full`. Default `24h`.'),
  })
  .superRefine(({ type, path }, context) => {
    if (type !== 'file' || path) return;
    context.addIssue({
      code: 'custom',
      path: ['path'],
      message: 'is missing',
      params: { hint: 'Name the file that keeps the state, e.g. /var/lib/flowmeta/state.json.' },
    });
  });
