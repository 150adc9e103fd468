import type { Dataset, EntityReference, LineageEdge, SourceEvent } from '@flowmeta/connector';
import type { Redactor } from '@flowmeta/redact';

/** Makes events of lineage safe to leave the connector: every text in them passes the redactor. */
export function redactedEvent({ text }: Pick<Redactor, 'text'>): (event: SourceEvent) => SourceEvent {
  const datasets = new WeakMap<Dataset, Dataset>();
  /** The edges of one statement come one after the other. */
  let last = { sql: '', redacted: '' };
  const ofSql = (sql: string): string => {
    if (last.sql !== sql) last = { sql, redacted: text(sql) };
    return last.redacted;
  };
  const ofDataset = (dataset: Dataset): Dataset => {
    const known = datasets.get(dataset);
    if (known !== undefined) return known;
    const entries = Object.entries(dataset).map(([key, value]: [string, string | readonly string[] | undefined]) => [
      key,
      typeof value === 'string' ? text(value) : value?.map(text),
    ]);
    const redacted = Object.fromEntries(entries) as Dataset;
    datasets.set(dataset, redacted);
    return redacted;
  };
  const ofReference = (reference: EntityReference): EntityReference => {
    switch (reference.kind) {
      case 'dataset':
        return { kind: 'dataset', dataset: ofDataset(reference.dataset) };
      case 'entity':
        return { ...reference, fqn: text(reference.fqn) };
      case 'pipeline':
        return reference.external ? { ...reference, name: text(reference.name) } : reference;
    }
  };
  return (event) => {
    switch (event.kind) {
      case 'lineage': {
        const { from, to, description, sql, columns, ...edge } = event.edge;
        return {
          kind: 'lineage',
          edge: {
            ...edge,
            from: ofReference(from),
            to: ofReference(to),
            description: text(description),
            ...(sql !== undefined && { sql: ofSql(sql) }),
            ...(columns !== undefined && {
              columns: columns.map(({ expression, ...mapping }) => ({
                ...mapping,
                ...(expression !== undefined && { expression: text(expression) }),
              })),
            }),
          },
        };
      }
      case 'unresolved': {
        const { message, hint, ...gap } = event.gap;
        return {
          kind: 'unresolved',
          gap: { ...gap, message: text(message), ...(hint !== undefined && { hint: text(hint) }) },
        };
      }
      case 'warning':
        return { ...event, message: text(event.message) };
      default:
        return event;
    }
  };
}

/** Whether a name in a redacted edge has lost a secret: what is left names nothing, or the same for two different things. */
export const hasHiddenName = ({ from, to }: LineageEdge): boolean => [from, to].some(isHidden);

function isHidden(reference: EntityReference): boolean {
  switch (reference.kind) {
    case 'pipeline':
      return false;
    case 'entity':
      return reference.fqn.includes(hidden);
    case 'dataset': {
      const { connections: _where, ...names } = reference.dataset;
      return Object.values(names).some((name) => typeof name === 'string' && name.includes(hidden));
    }
  }
}

/** As the redactor writes it. */
const hidden = '***';
