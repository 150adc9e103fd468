export { createHealth, type HealthCollector, type HealthOptions } from './create-health.js';
export { exceeds } from './exceeds.js';
export type { TypeOfTask } from './ledger.js';
export type {
  DurationStatistics,
  GroupHealth,
  Health,
  HealthReport,
  HealthStatistics,
  HealthWindow,
  InstalledTypes,
  OutcomeCounts,
  Trend,
  TypeHealth,
  UnknownTypes,
  UnusedGroup,
} from './types.js';
