import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Source, typeProblems } from './types.js';

interface Manifest {
  apiVersion: string;
  kind: string;
}

/** Where the types of an object are in `kubernetes-types`: `batch/v1` in `batch/v1`, `v1` in `core/v1`. */
const moduleOf = ({ apiVersion }: Manifest): string => {
  const path = apiVersion.includes('/') ? apiVersion.replace('.k8s.io', '') : `core/${apiVersion}`;
  return `kubernetes-types/${path}`;
};

const folder = dirname(fileURLToPath(import.meta.url));

/**
 * What the types of Kubernetes' API object to: keys that don't exist, values of another type, what is missing.
 *
 * @param manifests objects as parsed from YAML; one without `kind` counts as the spec of a pod
 */
export function kubernetesProblems(manifests: { name: string; object: object }[]): string[] {
  return typeProblems(
    manifests.map(({ name, object }, index): Source => {
      const typed = 'kind' in object ? (object as Manifest) : { apiVersion: 'v1', kind: 'PodSpec' };
      const text = [
        `import type { ${typed.kind} } from '${moduleOf(typed)}';`,
        `export const object: ${typed.kind} = ${JSON.stringify(object)};`,
      ];
      return { name, file: join(folder, `manifest-${index}.ts`), text: text.join('\n') };
    }),
  );
}
