import { buildFqn, type DatasetLookup } from '@flowmeta/om-mapper';
import type { OmClient } from '../client/client-types.js';
import type { OmDataService } from '../client/dataset-entities.js';
import type { SinkFinding } from '../types.js';
import { remember } from './remember.js';

type Kind = DatasetLookup['serviceKind'];

export interface DataServices {
  /** FQNs of the services that a dataset may be in. */
  allowed(lookup: DatasetLookup): Promise<string[]>;
}

/** Where the user names services of a kind. */
const configKeys: Readonly<Record<Kind, string>> = {
  database: 'dbServiceNames',
  storage: 'storageServiceNames',
  messaging: 'messagingServiceNames',
  search: 'datasetServices',
};

/** The catalog's services that hold data, read once per kind. A file has none: there the user's names are taken as they are. */
export function createDataServices(
  client: OmClient,
  { isFile, report }: { isFile: boolean; report: (finding: SinkFinding) => void },
): DataServices {
  const lists = new Map<string, Promise<OmDataService[]>>();
  const missing = new Set<string>();
  const listOf = (kind: Kind) => remember(lists, kind, () => client.listServices(kind));

  const named = (services: OmDataService[], name: string, key: string): OmDataService | undefined => {
    const found = services.find((service) => service.name === name || service.fullyQualifiedName === name);
    if (found === undefined && !missing.has(`${key} ${name}`)) {
      missing.add(`${key} ${name}`);
      report({
        ref: name,
        message: `lineageInformation.${key} names ${name}, which OpenMetadata does not have`,
        hint: 'Check the spelling: capital and small letters differ.',
      });
    }
    return found;
  };

  return {
    async allowed(lookup) {
      const { serviceKind: kind, service, serviceNames, serviceTypes } = lookup;
      if (isFile) return (service !== undefined ? [service] : (serviceNames ?? [])).map((name) => buildFqn([name]));
      const services = await listOf(kind);
      if (service !== undefined) {
        const found = named(services, service, 'datasetServices');
        return found === undefined ? [] : [found.fullyQualifiedName];
      }
      const chosen = serviceNames?.flatMap((name) => named(services, name, configKeys[kind]) ?? []);
      // A service of a custom type may hold anything, so it counts only when it is named.
      const fits = ({ serviceType }: OmDataService): boolean =>
        serviceType === undefined ||
        serviceTypes.includes(serviceType) ||
        (chosen !== undefined && serviceType.startsWith('Custom'));
      const fitting = (chosen ?? services).filter(fits);
      const servers = new Set(lookup.servers.map((server) => server.toLowerCase()));
      const same = fitting.filter(({ hosts }) => hosts.some((host) => servers.has(host)));
      return (same.length > 0 ? same : fitting).map(({ fullyQualifiedName }) => fullyQualifiedName);
    },
  };
}
