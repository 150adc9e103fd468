export { conformanceRules } from './conformance-rules.js';
export { describeConnector } from './describe-connector.js';
export { pipelineViolations } from './pipeline-rules.js';
export { lineageViolations, type RunFrame, runViolations } from './run-rules.js';
export { checkViolations, differenceViolations, type StreamWindow, streamViolations } from './stream-rules.js';
export type { ConformanceRule, ConformanceSubject, ConformanceWorlds, OpenConnector, Session } from './subject.js';
