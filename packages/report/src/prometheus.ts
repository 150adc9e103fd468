import type { EntityTotals, RunReport } from '@flowmeta/connector';

export interface PrometheusOptions {
  /** The text of the run before: its last success stays until there is a new one. */
  previous?: string;
}

interface Metric {
  name: string;
  help: string;
  samples: { labels?: Record<string, string>; value: number }[];
}

const lastSuccess = 'flowmeta_last_success_timestamp_seconds';
const outcomes: RunReport['outcome'][] = ['done', 'partial', 'failed', 'interrupted'];
const states: (keyof EntityTotals)[] = [
  'read',
  'created',
  'updated',
  'unchanged',
  'filtered',
  'skipped',
  'failed',
  'removed',
];
const gapReasons = ['template', 'sql', 'connection', 'missing', 'ambiguous'] as const;

/**
 * A run report as metrics in Prometheus' text format, for the textfile collector of its node exporter. All are gauges named
 * `flowmeta_*` that speak of the last run; each has the labels `service` and `connector`. Series are there even at 0, so that
 * an alert sees them.
 */
export function prometheusText(report: RunReport, options: PrometheusOptions = {}): string {
  const common = { service: report.target.service, connector: report.source.connector };
  return metricsOf(report, lastSuccessOf(report, common, options))
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, samples }) => {
      const lines = samples.map(({ labels, value }) => `${name}${labelText({ ...common, ...labels })} ${value}`);
      return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('\n')}\n`;
    })
    .join('');
}

function metricsOf(report: RunReport, success: number | undefined): Metric[] {
  const { totals, requests, lineage, pipelines } = report;
  const one = (value: number): Metric['samples'] => [{ value }];
  const sides = ['source', 'target'] as const;
  const entities = ['pipelines', 'runs', 'edges'] as const;
  const count = (findings: RunReport['warnings']) => findings.reduce((sum, finding) => sum + finding.count, 0);
  return [
    {
      name: 'flowmeta_run_outcome',
      help: 'How the last run ended: 1 for its outcome, 0 for the others.',
      samples: outcomes.map((outcome) => ({ labels: { outcome }, value: report.outcome === outcome ? 1 : 0 })),
    },
    {
      name: 'flowmeta_run_dry_run',
      help: '1 when the last run wrote nothing on purpose.',
      samples: one(report.dryRun ? 1 : 0),
    },
    {
      name: 'flowmeta_run_start_timestamp_seconds',
      help: 'When the last run began.',
      samples: one(report.startedAt / 1000),
    },
    {
      name: 'flowmeta_run_end_timestamp_seconds',
      help: 'When the last run ended.',
      samples: one(report.endedAt / 1000),
    },
    {
      name: 'flowmeta_run_duration_seconds',
      help: 'How long the last run took.',
      samples: one((report.endedAt - report.startedAt) / 1000),
    },
    {
      name: lastSuccess,
      help: 'When the last run ended that lost nothing; dry runs do not count.',
      samples: success === undefined ? [] : one(success),
    },
    {
      name: 'flowmeta_run_entities',
      help: 'Pipelines, runs and edges of the last run, by what became of them.',
      samples: entities.flatMap((entity) =>
        states.map((state) => ({ labels: { entity, state }, value: totals[entity][state] ?? 0 })),
      ),
    },
    { name: 'flowmeta_run_tags_created', help: 'Tags that the last run made.', samples: one(totals.tags.created) },
    {
      name: 'flowmeta_run_degraded_pipelines',
      help: 'Pipelines that the source could not read in full.',
      samples: one(pipelines.filter(({ degraded }) => degraded !== undefined).length),
    },
    {
      name: 'flowmeta_run_findings',
      help: 'What the report of the last run lists, by list.',
      samples: (['skipped', 'failed', 'warnings'] as const).map((list) => ({
        labels: { list },
        value: count(report[list]),
      })),
    },
    {
      name: 'flowmeta_run_requests',
      help: 'Requests of the last run by side, retries included.',
      samples: sides.map((side) => ({ labels: { side }, value: requests[side].total })),
    },
    {
      name: 'flowmeta_run_request_retries',
      help: 'Requests of the last run that were sent again, by side.',
      samples: sides.map((side) => ({ labels: { side }, value: requests[side].retried })),
    },
    {
      name: 'flowmeta_run_lineage_edges',
      help: 'Edges of the lineage that the last run saw.',
      samples: lineage ? one(lineage.edges.length) : [],
    },
    {
      name: 'flowmeta_run_lineage_gaps',
      help: 'Lineage that could not be found out or not be placed, by reason.',
      samples: lineage
        ? gapReasons.map((reason) => ({
            labels: { reason },
            value: lineage.gaps.filter((gap) => gap.reason === reason).length,
          }))
        : [],
    },
  ];
}

/** Seconds. */
function lastSuccessOf(
  report: RunReport,
  labels: Record<string, string>,
  { previous }: PrometheusOptions,
): number | undefined {
  if (report.outcome === 'done' && !report.dryRun) return report.endedAt / 1000;
  const start = `${lastSuccess}${labelText(labels)} `;
  const line = previous?.split('\n').find((candidate) => candidate.startsWith(start));
  const value = line === undefined ? Number.NaN : Number(line.slice(start.length));
  return Number.isFinite(value) ? value : undefined;
}

function labelText(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return `{${pairs.join(',')}}`;
}

/** The format ends a line at a newline only. */
function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
