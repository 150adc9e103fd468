import { decodeProperty, type KestraTask } from '@flowmeta/kestra-client';
import { asProperties, asTexts } from '../../lineage/values.js';
import { ownProperties } from './iterations.js';

/** Where a file in a working directory comes from. */
export interface FileOrigin {
  /** Index of the step that writes it or puts it there. */
  step: number;
  /** For one that is put there: the template that says what it is. */
  text?: string;
}

/** The files of one working directory as the tasks in it follow one another. */
export interface Directory {
  files: Map<string, FileOrigin[]>;
}

const mostFiles = 1_000;

/** Files that a task has put into its directory before it starts, by the text that names them: `inputFiles`, and `inputs` of LocalFiles. */
export function placedFiles(task: KestraTask): [name: string, text: string][] {
  const properties = [task.inputFiles, ...(task.type.endsWith('.LocalFiles') ? [task.inputs] : [])];
  return properties.flatMap((property) =>
    Object.entries(asProperties(property)).flatMap(([name, text]): [string, string][] =>
      typeof text === 'string' && isPlainName(name) ? [[plain(name), text]] : [],
    ),
  );
}

/** Files that a task leaves in its directory: those of `outputFiles` that are no pattern, and those that a shell writes with `>`. */
export function writtenFiles(task: KestraTask): string[] {
  const redirected = asTexts(task.commands).flatMap((command) =>
    [...command.matchAll(/>\s{0,3}["']?((?:\.\/)?[\w-][\w./-]{0,200}\.\w{1,20})\b/g)].map(([, name]) => name!),
  );
  return [...new Set([...asTexts(task.outputFiles), ...redirected].filter(isPlainName).map(plain))];
}

/** The files of a directory that a task names, without those that it says it writes. */
export function namedFiles(task: KestraTask, { files }: Directory): string[] {
  if (files.size === 0) return [];
  const {
    id: _id,
    type: _type,
    description: _description,
    outputFiles: _outputFiles,
    ...properties
  } = ownProperties(task);
  const words = new Set<string>();
  collectWords(properties, words);
  const written = new Set(writtenFiles(task));
  return [...files.keys()].filter((name) => words.has(name) && !written.has(name));
}

export function addFile({ files }: Directory, name: string, origin: FileOrigin): void {
  const known = files.get(name);
  if (known !== undefined) known.push(origin);
  else if (files.size < mostFiles) files.set(name, [origin]);
}

const isPlainName = (name: string): boolean => /^(?:\.\/)?[\w-][\w./-]*$/.test(name);
const plain = (name: string): string => name.replace(/^\.\//, '');

function collectWords(value: unknown, words: Set<string>): void {
  if (typeof value === 'string') {
    const decoded = decodeProperty(value);
    if (decoded !== value) {
      collectWords(decoded, words);
      return;
    }
    // What belongs to a url or to a folder elsewhere is another file.
    for (const [, name] of value.matchAll(/(?<![\w./:-])(?:\.\/)?([\w-][\w./-]*)/g))
      words.add(name!.replace(/\.+$/, ''));
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (!Array.isArray(value)) words.add(key);
    collectWords(member, words);
  }
}
