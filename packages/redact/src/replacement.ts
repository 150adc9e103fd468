import { isTemplateOnly } from './templates.js';

/** What stands in a secret's place. */
export const replacement = '***';

/** The replacement, unless the value only names where a secret is kept. */
export const hide = (value: string): string => (isTemplateOnly(value) ? value : replacement);
