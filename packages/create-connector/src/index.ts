export { type CreateOptions, createConnector } from './create.js';
export { main, type Terminal } from './main.js';
