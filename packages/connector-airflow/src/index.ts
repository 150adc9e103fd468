export { type AirflowConfig, airflowConfigSchema } from './config.js';
export { airflowConnector } from './connector.js';
