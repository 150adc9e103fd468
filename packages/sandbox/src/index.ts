export { demoDataset } from './demo-dataset.js';
export { type GenerateOptions, generateDataset } from './generate/generate-dataset.js';
export { startKestraSandbox } from './kestra/kestra-sandbox.js';
export { startOpenMetadataSandbox } from './openmetadata/server.js';
export type * from './types.js';
