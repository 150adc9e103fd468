import { identifier, isNode, listAt, literalText, type Node, textAt, unwrap } from './ast.js';
import { columnName, type DialectRules } from './dialects.js';
import { nothing, type Output, ofFlow, type Relation, renamed } from './relation.js';
import { flowOf, type Scope } from './resolve-expression.js';

/** Functions whose first text is a path or a URL, by their name in lower case. */
const fileFunctions =
  /^(?:read_(?:parquet|csv|csv_auto|json|json_auto|json_objects|ndjson|ndjson_auto|ndjson_objects|text|blob|xlsx|avro|files)|parquet_scan|delta_scan|iceberg_scan|sniff_csv|s3|s3cluster|gcs|url|urlcluster|file|filecluster|hdfs|hdfscluster|azureblobstorage|iceberg|icebergs3|deltalake|openrowset)$/;

/** Functions that make rows of their arguments alone. */
const rowFunctions =
  /^(?:unnest|flatten|explode|explode_outer|posexplode|posexplode_outer|inline|inline_outer|stack|json_tuple|generate_series|generate_subscripts|generate_date_array|range|sequence|repeat|generator|split_to_table|strtok_split_to_table|string_split|string_to_table|regexp_split_to_table|regexp_matches|openjson|open_j_s_o_n|json_table|j_s_o_n_table|xmltable|x_m_l_table|x_m_l_get|json_each|json_tree|jsonb?_each(?:_text)?|jsonb?_array_elements(?:_text)?|jsonb?_object_keys|jsonb?_to_record(?:set)?|jsonb?_populate_record(?:set)?|numbers|numbers_mt|zeros|values|arrayjoin|array_join|table|lateral|cardinality|pragma_table_info|glob)$/;

/** What a row function usually calls its columns. */
const usualNames = [
  'value',
  'key',
  'pos',
  'col',
  'index',
  'seq',
  'path',
  'this',
  'ordinal',
  'ordinality',
  'number',
  'element',
  'item',
];

/** Tables that are none. */
export const isWithoutTable = (name: string, rules: DialectRules): boolean =>
  name.toLowerCase() === 'dual' && rules.parser !== 'postgresql';

/** What a function in FROM gives; files that it reads are noted. */
export function tableFunction(
  kind: string,
  content: Node,
  { scope, alias, several }: { scope: Scope; alias: string | undefined; several: readonly string[] },
): Relation {
  const { findings } = scope;
  const name =
    kind === 'function'
      ? (textAt(content, 'name') ?? '')
      : kind === 'method_call'
        ? (textAt(content, 'method') ?? identifier(content.method)?.text ?? '')
        : kind;
  const lower = name.toLowerCase();
  const args = listAt(content, 'args');
  if ((lower === 'table' || lower === 'lateral') && args.length === 1) {
    const [inner, inside] = unwrap(args[0]);
    return tableFunction(inner, inside, { scope, alias, several });
  }
  if (lower === 'identifier' && literalText(args[0]) !== undefined) {
    findings.problem('a table is named by a text');
    return ofFlow(nothing);
  }
  if (fileFunctions.test(lower)) {
    const paths = texts(args[0]);
    const files = paths.flatMap((path) => findings.file(path) ?? []);
    for (const file of files) findings.read(file);
    if (paths.length === 0) findings.problem(`which file ${lower} reads is not written here`);
    const [first, ...others] = files;
    if (!first) return ofFlow(nothing);
    return {
      outputs: [{ type: 'star', tables: [first, ...others].map((table) => ({ table, assumed: false })), except: [] }],
    };
  }
  const flow = flowOf({ [kind]: content }, scope);
  const nodes = /\.nodes$/i.test(name);
  if (!rowFunctions.test(lower) && !nodes && (kind === 'function' || kind === 'method_call')) {
    findings.problem(`what the function ${name} reads is not written here`);
    return ofFlow({ sources: [], problems: [`what the function ${name} gives is not known`] });
  }
  const columns = declared(content).map(
    (column): Output => ({ type: 'column', name: columnName({ text: column, quoted: false }, findings.rules), flow }),
  );
  if (columns.length > 0) return { outputs: columns };
  if (several.length > 0) {
    const { outputs, ...relation } = renamed(ofFlow(flow), several);
    if (content.with_ordinality !== true) return { ...relation, outputs };
    return {
      ...relation,
      outputs: outputs.map((output, place) =>
        place < outputs.length - 1 ? output : ({ ...output, flow: nothing } as Output),
      ),
    };
  }
  const fold = (text: string) => columnName({ text, quoted: false }, findings.rules);
  const known = [...usualNames, ...(alias === undefined ? [] : [alias]), lower].map(fold);
  return { outputs: [{ type: 'rest', flow, names: known }], row: flow };
}

/** The texts of an argument: one, or those of a list. */
function texts(argument: unknown): string[] {
  const text = literalText(argument);
  if (text !== undefined) return [text];
  const [kind, content] = unwrap(argument);
  if (kind !== 'array_func' && kind !== 'array') return [];
  return listAt(content, 'expressions').flatMap((item) => literalText(item) ?? []);
}

/** The columns that OPENJSON … WITH and JSON_TABLE … COLUMNS declare. */
function declared(content: Node): string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (isNode(value))
      for (const key in value) {
        const inside = value[key];
        if (/(?:j_s_o_n|x_m_l)_column_def$/.test(key) && isNode(inside)) {
          const [kind, named] = unwrap(inside.this);
          const name =
            kind === 'identifier' || kind === 'column'
              ? (textAt(named, 'name') ?? textAt((named.name as Node | undefined) ?? {}, 'name'))
              : textAt(named, 'this');
          if (name) found.push(name);
        } else if (isNode(inside) || Array.isArray(inside)) visit(inside);
      }
  };
  visit(content);
  return found;
}
