export { type KestraConfig, kestraConfigSchema } from './config.js';
export { connectKestra, kestraConnector } from './connector.js';
export { pipelineName } from './pipeline-name.js';
export { runStates } from './states.js';
