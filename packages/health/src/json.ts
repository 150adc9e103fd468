import type { HealthReport } from './types.js';

/** The report as indented JSON with a line end; `formatVersion` says which shape it has. */
export function renderHealthJson(report: HealthReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
