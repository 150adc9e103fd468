import type { RunReport } from '@flowmeta/connector';

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const outcomes = ['done', 'partial', 'failed', 'interrupted'];

/**
 * Reads a run report as `--report FILE.json` writes it. Throws a `TypeError` that says what is wrong: no JSON, no run report, one of
 * another format version, or one that lacks something.
 */
export function parseRunReport(text: string): RunReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TypeError('it is no JSON');
  }
  if (!isObject(value) || !('formatVersion' in value)) throw new TypeError('it is no run report');
  if (value.formatVersion !== 1) {
    throw new TypeError(`it has the format version ${JSON.stringify(value.formatVersion)}, and only 1 can be read`);
  }
  const lacking = firstLacking(value);
  if (lacking !== undefined) throw new TypeError(`it is no whole run report: ${lacking} is missing or wrong`);
  return value as unknown as RunReport;
}

/** The first key without which a report can neither be merged nor drawn. */
function firstLacking(report: Fields): string | undefined {
  const { window, source, target, totals, requests } = report;
  const checks: [string, boolean][] = [
    ['runId', isText(report.runId)],
    ['outcome', outcomes.includes(report.outcome as string)],
    ['startedAt', isNumber(report.startedAt)],
    ['endedAt', isNumber(report.endedAt)],
    ['dryRun', typeof report.dryRun === 'boolean'],
    ['window', isObject(window) && isNumber(window.since) && isNumber(window.until)],
    ['source', isObject(source) && isText(source.connector) && isText(source.description)],
    ['target', isObject(target) && isText(target.kind) && isText(target.description) && isText(target.service)],
    ['requests', isObject(requests) && [requests.source, requests.target].every(areRequests)],
    ['totals', isObject(totals) && isObject(totals.tags) && isNumber(totals.tags.created)],
    ...['pipelines', 'runs', 'edges'].map((key): [string, boolean] => [
      `totals.${key}`,
      isObject(totals) && areNumbers(totals[key]),
    ]),
    ['pipelines', isListOf(report.pipelines, isPipeline)],
    ['lineage', report.lineage === undefined || isLineage(report.lineage)],
    ...['skipped', 'failed', 'warnings'].map((key): [string, boolean] => [key, isListOf(report[key], isFinding)]),
    ['error', report.error === undefined || isFinding(report.error)],
  ];
  return checks.find(([, isThere]) => !isThere)?.[0];
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function areNumbers(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isNumber);
}

function areRequests(value: unknown): boolean {
  return isObject(value) && isNumber(value.total) && isNumber(value.retried) && areNumbers(value.byEndpoint);
}

function isFinding(value: unknown): boolean {
  return isObject(value) && isText(value.ref) && isText(value.message) && isNumber(value.count);
}

function isPipeline(value: unknown): boolean {
  if (!isObject(value) || !isText(value.name) || !isText(value.outcome) || !isObject(value.runs)) return false;
  const { read, written, unchanged, failed, byState, latest } = value.runs;
  const lists = [value.schedules, value.tasks, value.edges, value.labels, value.owners, latest];
  return lists.every(Array.isArray) && [read, written, unchanged, failed].every(isNumber) && areNumbers(byState);
}

function isLineage(value: unknown): boolean {
  if (!isObject(value)) return false;
  return (
    isListOf(
      value.nodes,
      (node) => isObject(node) && isText(node.id) && isText(node.label) && isObject(node.reference),
    ) &&
    isListOf(value.edges, (edge) => isObject(edge) && [edge.from, edge.to, edge.description].every(isText)) &&
    isListOf(value.gaps, (gap) => isObject(gap) && [gap.pipeline, gap.reason, gap.message].every(isText))
  );
}
