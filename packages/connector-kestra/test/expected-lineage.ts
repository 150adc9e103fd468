import type { LineageEdge } from '@flowmeta/connector';
import { expectedFlows, type KestraVersion } from '@flowmeta/recordings';

// Which flow follows which in the recorded servers, written down by hand from the YAML of their flows: each as
// `upstream → downstream: how`.

const always = `
  company.team.parent_subflow → company.team.child: Kestra subflow task: call_child
  company.team.parent_subflow → hackathon.demo.parallel_fanout: Kestra subflow task: fire_and_forget
  company.gone.no_such_flow (external) → company.team.ft_dangling: Kestra Flow trigger: on_missing
  hackathon.demo.cron_etl → hackathon.demo.downstream_consumer: Kestra Flow trigger: on_cron_etl
`;

const before2 = `
  company.team.foreachitem → company.team.foreachitem_child: Kestra ForEachItem task: each_item
  hackathon.demo.parallel_fanout → company.team.ft_expression: Kestra Flow trigger: on_expr
  company.team.linear → company.team.ft_multiple: Kestra Flow trigger: multiple-listen-flow
  company.team.dag_flow → company.team.ft_multiple: Kestra Flow trigger: multiple-listen-flow
  demo.warehouse.kafka_clickhouse → company.team.ft_namespace: Kestra Flow trigger: on_ns
  demo.warehouse.multi_db → company.team.ft_namespace: Kestra Flow trigger: on_ns
  demo.warehouse.pg_to_bq → company.team.ft_namespace: Kestra Flow trigger: on_ns
  demo.warehouse.s3_to_redshift → company.team.ft_namespace: Kestra Flow trigger: on_ns
  demo.warehouse.snowflake_elt → company.team.ft_namespace: Kestra Flow trigger: on_ns
  company.team.linear → company.team.ft_not_or: Kestra Flow trigger: not_or
  company.team.if_flow → company.team.ft_not_or: Kestra Flow trigger: not_or
  company.team.child → company.team.ft_old_aliases: Kestra Flow trigger: old
`;

/** On 0.17 the comparison is a prefix that nothing has; the labels of \`ft_labels\` name no flow. */
const from20 = `
  demo.warehouse.kafka_clickhouse → company.team.ft_ns_comparison: Kestra Flow trigger: on_ns_suffix
  demo.warehouse.multi_db → company.team.ft_ns_comparison: Kestra Flow trigger: on_ns_suffix
  demo.warehouse.pg_to_bq → company.team.ft_ns_comparison: Kestra Flow trigger: on_ns_suffix
  demo.warehouse.s3_to_redshift → company.team.ft_ns_comparison: Kestra Flow trigger: on_ns_suffix
  demo.warehouse.snowflake_elt → company.team.ft_ns_comparison: Kestra Flow trigger: on_ns_suffix
  hackathon.demo.cron_etl → company.team.ft_preconditions_flows: Kestra Flow trigger: on_both
  company.team.parallel → company.team.ft_preconditions_flows: Kestra Flow trigger: on_both
  hackathon.demo.parallel_fanout → hackathon.demo.ft_preconditions_single: Kestra Flow trigger: on_parallel_fanout
  demo.community.community-plugin-showcase → company.team.ft_preconditions_where: Kestra Flow trigger: on_where
  demo.ml.ml-training-pipeline → company.team.ft_preconditions_where: Kestra Flow trigger: on_where
  demo.plugins.cloud-storage-operations → company.team.ft_preconditions_where: Kestra Flow trigger: on_where
  demo.plugins.database-plugin-showcase → company.team.ft_preconditions_where: Kestra Flow trigger: on_where
  demo.plugins.messaging-patterns → company.team.ft_preconditions_where: Kestra Flow trigger: on_where
  demo.plugins.multi-language-scripts → company.team.ft_preconditions_where: Kestra Flow trigger: on_where
  demo.warehouse.kafka_clickhouse → company.team.ft_preconditions_where: Kestra Flow trigger: on_where
  demo.warehouse.multi_db → company.team.ft_preconditions_where: Kestra Flow trigger: on_where
  demo.warehouse.pg_to_bq → company.team.ft_preconditions_where: Kestra Flow trigger: on_where
  demo.warehouse.snowflake_elt → company.team.ft_preconditions_where: Kestra Flow trigger: on_where
`;

const in2 = `
  company.team.loop_subflow → company.team.child: Kestra subflow task: call
  hackathon.demo.parallel_fanout → company.team.ft_depends_any: Kestra Flow trigger: on_any
  company.team.dag_flow → company.team.ft_depends_any: Kestra Flow trigger: on_any
  company.team.linear → company.team.ft_depends_at_least: Kestra Flow trigger: on_two
  company.team.if_flow → company.team.ft_depends_at_least: Kestra Flow trigger: on_two
  company.team.switch_flow → company.team.ft_depends_at_least: Kestra Flow trigger: on_two
  hackathon.demo.cron_etl → company.team.ft_depends_both: Kestra Flow trigger: on_both
  company.team.parallel → company.team.ft_depends_both: Kestra Flow trigger: on_both
  demo.warehouse.kafka_clickhouse → company.team.ft_namespace_only: Kestra Flow trigger: on_ns
  demo.warehouse.multi_db → company.team.ft_namespace_only: Kestra Flow trigger: on_ns
  demo.warehouse.pg_to_bq → company.team.ft_namespace_only: Kestra Flow trigger: on_ns
  demo.warehouse.s3_to_redshift → company.team.ft_namespace_only: Kestra Flow trigger: on_ns
  demo.warehouse.snowflake_elt → company.team.ft_namespace_only: Kestra Flow trigger: on_ns
`;

const byVersion: Record<KestraVersion, string[]> = {
  '0.17.23': [always, before2],
  '0.20.5': [always, before2, from20],
  '1.0.3': [always, before2, from20],
  '2.0.0': [always, in2],
};

/** The edges between the flows of a recorded server. */
export function expectedLineage(version: KestraVersion): string[] {
  return byVersion[version].flatMap((text) => text.trim().split(/\n\s*/));
}

/** An edge as the lists above have it. */
export function lineOf({ from, to, description }: LineageEdge): string {
  const [upstream, downstream] = [from, to].map((end) => {
    if (end.kind !== 'pipeline') throw new Error('an edge of a dataset');
    return end.external ? `${end.name} (external)` : end.name;
  });
  return `${upstream} → ${downstream}: ${description}`;
}

/** What can't be found out: an alarm of a whole company, and on 0.17 a prefix that no namespace has. */
export function expectedWarnings(version: KestraVersion): string[] {
  const flow = version === '2.0.0' ? 'monitoring.ft_when' : 'monitoring.ft_any';
  const count = expectedFlows(version).filter(({ namespace }) => namespace.startsWith('company')).length;
  const alarm = `${flow}: Kestra Flow trigger: on_failure_anywhere matches ${count} flows. More than 25 are no lineage, so there are no edges for them`;
  const nobody = 'company.team.ft_ns_comparison: Kestra Flow trigger: on_ns_suffix matches no flow';
  return version === '0.17.23' ? [nobody, alarm] : [alarm];
}
