import { type Entity, type EntityType, type Json, listOf } from './entities.js';
import { childName } from './fully-qualified-name.js';
import { refuse } from './refusals.js';

const sized = new Set(['CHAR', 'VARCHAR', 'BINARY', 'VARBINARY']);

/** Columns of a table as the server keeps them: with their type in words and their names in full. */
function readTableColumns(columns: unknown, holder: string): Json[] {
  return listOf<Json>(columns).map((column) => {
    for (const property of ['name', 'dataType']) {
      if (column[property] === undefined) throw refuse(400, `[${property} must not be null]`);
    }
    const type = String(column.dataType);
    if (sized.has(type) && column.dataLength === undefined) {
      throw refuse(400, 'For column data types char, varchar, binary, varbinary dataLength must not be null');
    }
    const fullyQualifiedName = childName(holder, String(column.name));
    const read: Json = { ...column, dataTypeDisplay: column.dataTypeDisplay ?? type.toLowerCase(), fullyQualifiedName };
    if (column.children !== undefined) read.children = readTableColumns(column.children, fullyQualifiedName);
    return read;
  });
}

/** Columns of a file, fields of a message or of a search index: with their names in full. */
function nameFields(fields: unknown, holder: string): Json[] {
  return listOf<Json>(fields).map((field) => {
    const fullyQualifiedName = childName(holder, String(field.name));
    const named: Json = { ...field, fullyQualifiedName };
    if (field.children !== undefined) named.children = nameFields(field.children, fullyQualifiedName);
    return named;
  });
}

/**
 * The own properties of a dataset with its columns as the server keeps them. `fullyQualifiedName` is the dataset's.
 * A column without name, type or needed length is 400.
 */
export function readColumnsOf(type: EntityType, own: Json, fullyQualifiedName: string): Json {
  const { columns, dataModel, messageSchema, fields } = own;
  if (type === 'table') return { ...own, columns: readTableColumns(columns, fullyQualifiedName) };
  if (type === 'searchIndex') return { ...own, fields: nameFields(fields, fullyQualifiedName) };
  if (type === 'container' && dataModel !== undefined) {
    const model = dataModel as Json;
    return { ...own, dataModel: { ...model, columns: nameFields(model.columns, fullyQualifiedName) } };
  }
  if (type === 'topic' && messageSchema !== undefined) {
    const schema = messageSchema as Json;
    return { ...own, messageSchema: { ...schema, schemaFields: nameFields(schema.schemaFields, fullyQualifiedName) } };
  }
  return own;
}

/** The full names of all columns of a dataset, of those inside of others too; `undefined` where it has nothing that holds columns. */
export function columnNamesOf({ type, own }: Entity): Set<string> | undefined {
  const columns = {
    table: own.columns,
    container: (own.dataModel as Json | undefined)?.columns,
    topic: (own.messageSchema as Json | undefined)?.schemaFields,
    searchIndex: own.fields,
  }[type as string];
  if (columns === undefined) return undefined;
  const names = new Set<string>();
  const walk = (level: unknown): void => {
    for (const column of listOf<Json>(level)) {
      names.add(String(column.fullyQualifiedName));
      walk(column.children);
    }
  };
  walk(columns);
  return names;
}
