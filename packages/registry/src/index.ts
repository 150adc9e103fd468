export { type ConnectorOption, optionsOf } from './connector-options.js';
export { type Isolation, openIsolated } from './isolate.js';
export { isPackageName } from './packages.js';
export {
  type ConnectorInfo,
  type ConnectorSummary,
  type CreateConnectorOptions,
  createRegistry,
  type Registry,
  type RegistryOptions,
} from './registry.js';
