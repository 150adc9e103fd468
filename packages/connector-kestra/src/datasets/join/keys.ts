import { type Dataset, datasetKey } from '@flowmeta/connector';

/** `datasetKey`, worked out once per dataset. */
export function datasetKeys(): (use: { dataset: Dataset }) => string {
  const known = new WeakMap<Dataset, string>();
  return ({ dataset }) => {
    let key = known.get(dataset);
    if (key === undefined) {
      key = datasetKey(dataset);
      known.set(dataset, key);
    }
    return key;
  };
}
