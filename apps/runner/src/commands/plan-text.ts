import type { Finding, RunReport } from '@flowmeta/connector';
import type { Plan, PlannedField, PlannedLineage, PlannedPipeline } from '@flowmeta/om-sink';
import type { PlanDifference } from '../run/plan-difference.js';
import type { Colors } from '../terminal/colors.js';
import { plain } from '../terminal/plain.js';

export interface PlanTextOptions {
  /** Of the dry run behind the plan. */
  report: RunReport;
  colors: Colors;
}

/** Longer values are cut; `--json` has all of them. */
const longestValue = 120;

const signs: Record<PlannedPipeline['action'] | PlannedLineage['action'], { sign: string; color: keyof Colors }> = {
  create: { sign: '+', color: 'green' },
  add: { sign: '+', color: 'green' },
  change: { sign: '~', color: 'yellow' },
  restore: { sign: '+', color: 'green' },
  delete: { sign: '-', color: 'red' },
  remove: { sign: '-', color: 'red' },
};

/** The plan for people: what would change line by line, and how much in all. */
export function planText(plan: Plan, { report, colors }: PlanTextOptions): string {
  const { pipelines, edges } = plan;
  const count = (of: string, list: readonly { action: string }[]) => list.filter(({ action }) => action === of).length;
  const runs = plan.runs.reduce((sum, each) => sum + each.count, 0);
  const totals = [
    ...(plan.service === undefined ? [] : ['1 service to create']),
    `${count('create', pipelines)} to create`,
    `${count('change', pipelines)} to change`,
    `${count('restore', pipelines)} to restore`,
    `${count('delete', pipelines)} to delete`,
  ].join(', ');
  const edgeTotals = `${count('add', edges)} to add, ${count('change', edges)} to change, ${count('remove', edges)} to remove`;
  const lines = planLines(plan, colors);
  return [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    ...(report.outcome === 'failed' && lines.length === 0
      ? []
      : [`Pipelines: ${totals}. Edges: ${edgeTotals}. Tags: ${plan.tags.length} to create. Runs: ${runs} to write.`]),
    ...findings('Stopped', report.error ? [report.error] : [], colors),
    ...findings('Failed', report.failed, colors),
    ...findings('Skipped', report.skipped, colors),
    ...findings('Warnings', report.warnings, colors),
    report.outcome === 'done' ? 'Nothing was written.' : 'The plan may not be whole. Nothing was written.',
    '',
  ].join('\n');
}

/** What a run would do otherwise than planned. */
export function differenceText({ findings: list, planned, now }: PlanDifference, colors: Colors): string {
  const part = (title: string, plan: Plan): string[] => {
    const lines = planLines(plan, colors);
    return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
  };
  return [...part('Planned', planned), ...part('Now', now), ...findings('Differences', list, colors)]
    .slice(1)
    .join('\n');
}

/** What would change, line by line. */
function planLines({ service, tags, pipelines, edges, runs }: Plan, colors: Colors): string[] {
  const head = (action: keyof typeof signs, text: string): string => {
    const { sign, color } = signs[action];
    return `${(colors[color] as (text: string) => string)(sign)} ${text}`;
  };
  return [
    ...(service === undefined ? [] : [head('create', `service ${plain(service)}`)]),
    ...tags.map((tag) => head('create', `tag ${plain(tag)}`)),
    ...pipelines.flatMap(({ action, fqn, fields }) => [
      head(action, `${colors.bold(plain(fqn))} ${colors.dim(action)}`),
      ...(action === 'create' || fields.length > 0
        ? []
        : action === 'change'
          ? ['    only what Flowmeta notes for itself']
          : []),
      ...fields.map((field) => `    ${fieldText(field)}`),
    ]),
    ...edges.map(({ action, from, to, description }) =>
      head(
        action,
        `${plain(from)} → ${plain(to)}${description === undefined ? '' : colors.dim(` ${shown(description)}`)}`,
      ),
    ),
    ...runs.map(({ pipeline, count: some }) =>
      head('add', `${plain(pipeline)}: ${some} ${some === 1 ? 'run' : 'runs'}`),
    ),
  ];
}

function fieldText({ field, from, to }: PlannedField): string {
  if (Array.isArray(from ?? to) && Array.isArray(to ?? from) && !field.includes('downstreamTasks')) {
    const [before, after] = [new Set((from ?? []) as unknown[]), new Set((to ?? []) as unknown[])];
    const gone = [...before].filter((each) => !after.has(each)).map((each) => `- ${shown(each)}`);
    const come = [...after].filter((each) => !before.has(each)).map((each) => `+ ${shown(each)}`);
    return `${plain(field)}: ${[...gone, ...come].join(', ')}`;
  }
  if (from === undefined) return `${plain(field)}: ${shown(to)}`;
  return `${plain(field)}: ${shown(from)} → ${to === undefined ? 'none' : shown(to)}`;
}

/** As JSON, so that nothing in it can drive the terminal. */
function shown(value: unknown): string {
  const text = plain(JSON.stringify(value));
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

function findings(title: string, list: readonly Finding[], colors: Colors): string[] {
  if (list.length === 0) return [];
  return [
    '',
    title,
    ...list.map(({ ref, message, hint, count }) => {
      const times = count > 1 ? ` (${count} times)` : '';
      return `  ${colors.bold(plain(ref))}: ${plain(message)}${times}${hint === undefined ? '' : `\n    ${colors.dim(plain(hint))}`}`;
    }),
    '',
  ];
}
