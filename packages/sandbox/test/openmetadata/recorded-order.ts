import type { Exchange } from '@flowmeta/recordings';

/**
 * The groups of the recordings in the order in which they were recorded, by the times in their answers; their names are sorted
 * otherwise. Groups that are not replayed are left out.
 */
const groups = [
  '10-service',
  '15-governance',
  '20-pipeline',
  '21-pipeline-names',
  '22-pipeline-errors',
  '23-pipeline-updates',
  '24-pipeline-partial-failure',
  '30-status',
  '39-assets',
  '40-lineage',
  '50-list',
  '52-patch',
  '12-service-noconn',
  '60-system',
  '61-auth',
  '62-bots',
  '63-search',
  '70-ingestionPipelines',
  '25-names-more',
  '41-lineage-lifecycle',
  '64-http',
  '26-schedule-hash',
  '27-first-contact',
  'fill',
];

/** Lists that were taken between the deletions: the file of `51-delete-restore` after which each group of them comes. */
const interleaved: [after: string, lists: string[]][] = [
  ['51-delete-restore-003', ['50-list-024', '50-list-025', '50-list-026']],
  ['51-delete-restore-026', ['50-list-027', '50-list-028']],
  ['51-delete-restore-028', ['50-list-029']],
];

export function groupNameOf({ file }: Exchange): string {
  return /^\d{4}_fill/.test(file)
    ? 'fill'
    : file.replace(/-\d{3}-.*$/, '').replace(/^60-system-admin.*$/, '60-system-admin');
}

const prefixOf = ({ file }: Exchange): string => file.replace(/^(.*-\d{3})-.*$/, '$1');

/** The exchanges of all groups that are replayed, in recorded order. */
export function inRecordedOrder(exchanges: Exchange[]): Exchange[] {
  const late = new Set(interleaved.flatMap(([, lists]) => lists));
  return groups.flatMap((group) => {
    const own = exchanges.filter((exchange) => groupNameOf(exchange) === group);
    if (group !== '50-list') return own;
    const deletions = exchanges
      .filter((exchange) => groupNameOf(exchange) === '51-delete-restore')
      .flatMap((exchange) => {
        const lists = interleaved.find(([after]) => after === prefixOf(exchange))?.[1] ?? [];
        return [exchange, ...own.filter((list) => lists.includes(prefixOf(list)))];
      });
    return [...own.filter((list) => !late.has(prefixOf(list))), ...deletions];
  });
}
