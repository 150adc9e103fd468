export { type AcmeConfig, acmeConfigSchema } from './config.js';
export { acmeConnector } from './connector.js';
