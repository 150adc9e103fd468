import type { RunReport } from '@flowmeta/connector';

/** The report as indented JSON with a line end, as `--report FILE.json` writes it. */
export function renderJson(report: RunReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
