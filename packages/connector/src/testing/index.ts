export { type ConformanceOptions, describeConnector } from './describe-connector.js';
export { pipelineViolations } from './pipeline-rules.js';
export { lineageViolations, type RunFrame, runViolations } from './run-rules.js';
export { checkViolations, differenceViolations, type StreamWindow, streamViolations } from './stream-rules.js';
