import type { DatasetServices } from '@flowmeta/om-mapper';
import type { Workflow } from '../config/workflow-schema.js';

/** Where the config says that the datasets of lineage are in OpenMetadata. */
export function datasetServicesOf({ source }: Workflow): DatasetServices {
  const { dbServiceNames, lineageInformation } = source.sourceConfig?.config ?? {};
  const lists = {
    database: [...(lineageInformation?.dbServiceNames ?? []), ...(dbServiceNames ?? [])],
    storage: lineageInformation?.storageServiceNames ?? [],
    messaging: lineageInformation?.messagingServiceNames ?? [],
  };
  const named = Object.entries(lists).filter(([, names]) => names.length > 0);
  const mapping = lineageInformation?.datasetServices;
  return {
    ...Object.fromEntries(named.map(([kind, names]) => [kind, [...new Set(names)]])),
    ...(mapping ? { mapping } : {}),
  };
}
