import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

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
const compilerOptions: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/**
 * What the types of Kubernetes' API object to: keys that don't exist, values of another type, what is missing.
 *
 * @param manifests objects as parsed from YAML; one without `kind` counts as the spec of a pod
 */
export function kubernetesProblems(manifests: { name: string; object: object }[]): string[] {
  const sources = new Map(
    manifests.map(({ name, object }, index) => {
      const typed = 'kind' in object ? (object as Manifest) : { apiVersion: 'v1', kind: 'PodSpec' };
      const text = [
        `import type { ${typed.kind} } from '${moduleOf(typed)}';`,
        `export const object: ${typed.kind} = ${JSON.stringify(object)};`,
      ];
      return [join(folder, `manifest-${index}.ts`), { name, text: text.join('\n') }];
    }),
  );
  const host = ts.createCompilerHost(compilerOptions);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => sources.has(file) || fileExists(file);
  host.readFile = (file) => sources.get(file)?.text ?? readFile(file);
  host.getSourceFile = (file, options, ...rest) =>
    sources.has(file)
      ? ts.createSourceFile(file, sources.get(file)!.text, options)
      : getSourceFile(file, options, ...rest);
  const program = ts.createProgram([...sources.keys()], compilerOptions, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const name = file === undefined ? '' : `${sources.get(file.fileName)?.name ?? file.fileName}: `;
    return name + ts.flattenDiagnosticMessageText(messageText, '\n');
  });
}
