export { createRedactor } from './redactor.js';
export { isSecretName } from './secret-names.js';
export { redactText } from './shapes.js';
export type { Redactor } from './types.js';
