export { demoDataset } from './demo-dataset.js';
export { startKestraSandbox } from './kestra/kestra-sandbox.js';
export type * from './types.js';
