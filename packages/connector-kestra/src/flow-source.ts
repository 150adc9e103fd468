import { canonicalType, type KestraFlow, type KestraTask, type KestraTrigger } from '@flowmeta/kestra-client';
import { parse, YAMLParseError } from 'yaml';

type Node = Record<string, unknown>;

/**
 * A flow read from its YAML, for one that the server has but can't parse. What the server knows anyway (namespace, id,
 * revision) is taken from `known`. All scalars are read as text, as Kestra does where it wants text: a label `env: on`
 * has the value `on`.
 *
 * @throws Error when the YAML holds no flow with tasks.
 */
export function flowFromSource(source: string, known: KestraFlow): KestraFlow {
  const document = parsed(source);
  if (!isNode(document)) throw new Error('The source is no YAML mapping.');
  const tasks = nodesOf(document.tasks) as unknown as KestraTask[];
  if (tasks.length === 0) throw new Error('The source has no tasks.');
  const description = textOf(document.description);
  const outputs = outputsOf(document.outputs);
  const pluginDefaults = [...listOf(document.pluginDefaults), ...listOf(document.taskDefaults)].flatMap(defaultsOf);
  const limit = Number(isNode(document.concurrency) ? document.concurrency.limit : undefined);
  return {
    ...known,
    ...(description !== undefined && { description }),
    disabled: document.disabled === 'true',
    labels: labelsOf(document.labels),
    inputs: inputsOf(document.inputs),
    ...(outputs.length > 0 && { outputs }),
    ...(isNode(document.variables) && { variables: document.variables }),
    ...(pluginDefaults.length > 0 && { pluginDefaults }),
    tasks: tasks.map(readNested),
    errors: nodesOf(document.errors).map(readNested) as KestraTask[],
    finally: nodesOf(document.finally).map(readNested) as KestraTask[],
    afterExecution: nodesOf(document.afterExecution).map(readNested) as KestraTask[],
    triggers: nodesOf(document.triggers).map(readNested) as KestraTrigger[],
    ...(limit > 0 && { concurrency: { limit } }),
  };
}

function parsed(source: string): unknown {
  try {
    // With another level the parser prints its warnings, with the text, to the terminal of the process.
    return parse(source, { schema: 'failsafe', merge: true, maxAliasCount: 1000, logLevel: 'error' });
  } catch (error) {
    // Its messages quote the source, in which there may be a secret.
    const place = error instanceof YAMLParseError ? error.linePos?.[0] : undefined;
    throw new Error(`The source is no valid YAML${place ? ` (line ${place.line}, column ${place.col})` : ''}.`);
  }
}

/** At every depth, `disabled` is a switch and `type` has one spelling. */
function readNested<T>(value: T): T {
  if (Array.isArray(value)) return value.map(readNested) as T;
  if (!isNode(value)) return value;
  const entries = Object.entries(value).map(([key, member]) => {
    if (key === 'disabled' && typeof member === 'string') return [key, member === 'true'];
    if (key === 'type' && typeof member === 'string') return [key, canonicalType(member)];
    return [key, readNested(member)];
  });
  return Object.fromEntries(entries) as T;
}

/** Labels are a mapping, or a list of `{key, value}`. */
function labelsOf(labels: unknown): KestraFlow['labels'] {
  const pairs = Array.isArray(labels)
    ? labels.filter(isNode).map(({ key, value }) => [key, value])
    : Object.entries(isNode(labels) ? labels : {});
  return pairs.flatMap(([key, value]) =>
    typeof key === 'string' && typeof value === 'string' ? [{ key, value }] : [],
  );
}

/** An input is named by `id`, before 0.15 by `name`. */
function inputsOf(inputs: unknown): KestraFlow['inputs'] {
  return listOf(inputs).flatMap((input) => {
    const id = textOf(input.id) ?? textOf(input.name);
    const type = textOf(input.type);
    const description = textOf(input.description);
    if (id === undefined) return [];
    return [
      {
        id,
        ...(type && { type }),
        required: input.required !== 'false',
        ...(description && { description }),
        ...(input.defaults !== undefined && { defaults: input.defaults }),
      },
    ];
  });
}

function outputsOf(outputs: unknown): NonNullable<KestraFlow['outputs']> {
  return listOf(outputs).flatMap(({ id, type, value }) =>
    typeof id === 'string' ? [{ id, ...(typeof type === 'string' && { type }), value }] : [],
  );
}

function defaultsOf({ type, values, forced }: Node): NonNullable<KestraFlow['pluginDefaults']> {
  if (typeof type !== 'string' || !isNode(values)) return [];
  return [{ type: canonicalType(type), values: readNested(values), forced: forced === 'true' }];
}

/** Entries of a list that have an id and a type; YAML may hold anything else. */
function nodesOf(list: unknown): Node[] {
  return listOf(list).filter((entry) => textOf(entry.id) !== undefined && textOf(entry.type) !== undefined);
}

const listOf = (list: unknown): Node[] => (Array.isArray(list) ? list.filter(isNode) : []);

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
