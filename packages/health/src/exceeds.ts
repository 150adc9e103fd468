import type { HealthReport } from './types.js';

/**
 * Whether the health is as bad as that, or worse. `warning`: something failed. `critical`: of some type one in a hundred
 * or more failed, or a pipeline names a type that is not installed.
 */
export function exceeds({ health }: HealthReport, level: 'warning' | 'critical'): boolean {
  return health === 'CRITICAL' || (level === 'warning' && health === 'WARNING');
}
