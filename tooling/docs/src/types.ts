import ts from 'typescript';

/** A text that is checked as if it were a file. */
export interface Source {
  /** What it is called in problems. */
  name: string;
  /** Where it would be: what it imports is looked for from there. */
  file: string;
  text: string;
}

const compilerOptions: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  // Packages are read as they are now, not as they were built.
  customConditions: ['@flowmeta/source'],
};

/** What TypeScript objects to. */
export function typeProblems(sources: readonly Source[]): string[] {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  const host = ts.createCompilerHost(compilerOptions);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => byFile.has(file) || fileExists(file);
  host.readFile = (file) => byFile.get(file)?.text ?? readFile(file);
  host.getSourceFile = (file, options, ...rest) =>
    byFile.has(file)
      ? ts.createSourceFile(file, byFile.get(file)!.text, options)
      : getSourceFile(file, options, ...rest);
  const program = ts.createProgram([...byFile.keys()], compilerOptions, host);
  return [...byFile.keys()]
    .map((file) => program.getSourceFile(file)!)
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(({ file, messageText }) => {
      const name = byFile.get(file?.fileName ?? '')?.name ?? '';
      return `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
}
