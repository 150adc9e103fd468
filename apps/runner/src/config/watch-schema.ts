import { z } from 'zod';
import { intervalRule, isInterval } from './interval.js';

/** `workflowConfig.watch`. */
export const watchSchema = z.strictObject({
  interval: z
    .string()
    .refine(isInterval, intervalRule)
    .nullish()
    .describe('How long `watch` waits between two cycles. Default `30s`; `--interval` wins over it.'),
});
