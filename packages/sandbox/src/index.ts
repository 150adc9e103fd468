export { startAirflowSandbox } from './airflow/airflow-sandbox.js';
export { airflowDataset } from './airflow-dataset.js';
export { demoCatalog } from './demo-catalog.js';
export { demoDataset } from './demo-dataset.js';
export { generatedCatalog } from './generate/data-tasks.js';
export { type GenerateOptions, generateDataset } from './generate/generate-dataset.js';
export { startKestraSandbox } from './kestra/kestra-sandbox.js';
export { startOpenMetadataSandbox } from './openmetadata/server.js';
export type * from './types.js';
