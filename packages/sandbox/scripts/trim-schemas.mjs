// Makes request-bodies.json of OpenMetadata's own JSON Schemas: what a request body may hold, per version, without the
// parts that this stand-in never looks at (descriptions, the connections of other tools, recognizers of tags …).
//
//   node packages/sandbox/scripts/trim-schemas.mjs <folder with one folder of *.schema.json per version>
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.argv[2];
if (!root) throw new Error('usage: node packages/sandbox/scripts/trim-schemas.mjs <folder of schemas>');

/** The folder of each version; the recorded 1.2 server refuses `sourceHash`, as only the 1.2.0 schemas do. */
const folders = { 1.2: '1.2.0-spec' };
for (const name of readdirSync(root)) {
  const version = /^(\d+\.\d+)\.\d+\.\d+$/.exec(name)?.[1];
  if (version && version !== '1.2') folders[version] = name;
}

/** Schema file → the Java class that the server reads the body into. */
const bodies = {
  createPipeline: 'org.openmetadata.schema.api.data.CreatePipeline',
  createPipelineService: 'org.openmetadata.schema.api.services.CreatePipelineService',
  createClassification: 'org.openmetadata.schema.api.classification.CreateClassification',
  createTag: 'org.openmetadata.schema.api.classification.CreateTag',
  createIngestionPipeline: 'org.openmetadata.schema.api.services.ingestionPipelines.CreateIngestionPipeline',
  ingestionPipelineStatus: 'org.openmetadata.schema.entity.services.ingestionPipelines.PipelineStatus',
  pipeline: 'org.openmetadata.schema.entity.data.Pipeline',
  pipelineStatus: 'org.openmetadata.schema.entity.data.PipelineStatus',
  addLineage: 'org.openmetadata.schema.api.lineage.AddLineage',
  lineageDetails: 'org.openmetadata.schema.type.LineageDetails',
  bulkDeleteStaleRequest: 'org.openmetadata.schema.type.BulkDeleteStaleRequest',
};
/** Java names that do not follow from the schema's name. */
const javaNames = {
  TaskStatus: 'Status',
  Source: 'LineageDetails$Source',
  LabelType: 'TagLabel$LabelType',
  State: 'TagLabel$State',
  TagSource: 'TagLabel$TagSource',
};
const javaClasses = {
  PipelineServiceType: 'org.openmetadata.schema.api.services.CreatePipelineService$PipelineServiceType',
  PipelineStatusType: 'org.openmetadata.schema.entity.services.ingestionPipelines.PipelineStatusType',
  PipelineStateType: 'org.openmetadata.schema.entity.services.ingestionPipelines.PipelineStatusType',
  PipelineState: 'org.openmetadata.schema.entity.data.PipelineState',
  PipelineType: 'org.openmetadata.schema.entity.services.ingestionPipelines.PipelineType',
};
/** Names of schemas that are written inline. */
const innerNames = {
  'LineageDetails.source': 'Source',
  'IngestionPipelineStatus.pipelineState': 'PipelineStatusType',
};
/** Properties whose inside is not looked at. */
const unread = new Set([
  'connection',
  'sourceConfig',
  'airflowConfig',
  'config',
  'extension',
  'recognizers',
  'autoClassificationConfig',
  'changeDescription',
  'incrementalChangeDescription',
  'votes',
  'usageSummary',
  'certification',
  'lifeCycle',
  'ingestionRunner',
  'metadata',
  'style',
  'processingEngine',
]);

const pascal = (name) => {
  const last = name.split('__').at(-1);
  return last[0].toUpperCase() + last.slice(1);
};
const classOf = (name) => javaClasses[name] ?? `org.openmetadata.schema.type.${javaNames[name] ?? name}`;

function compact(file, schema) {
  const definitions = schema.$defs ?? schema.definitions ?? {};
  const objects = {};
  const shapeOf = (node, name) => {
    if (node.$ref) {
      const key = node.$ref.split('/').at(-1);
      return shapeOf(definitions[key], name === 'PipelineStatusType' ? name : pascal(key));
    }
    const options = (node.anyOf ?? node.oneOf)?.filter((option) => option.type !== 'null');
    if (options) return options.length === 1 ? shapeOf(options[0], name) : 'any';
    if (node.enum) return { enum: node.enum, javaClass: classOf(name) };
    if (node.type === 'array') return { list: shapeOf(node.items ?? {}, name) };
    if (node.properties) return { object: addObject(name, node) };
    if (node.format === 'uuid' || node.format === 'uri' || node.format === 'date-time') return node.format;
    if (node.type === 'integer' || node.type === 'number' || node.type === 'boolean') return node.type;
    if (node.type === 'string') {
      const { minLength: min, maxLength: max } = node;
      // The schemas lost this flag on their way to ECMAScript; with it, \w is any letter or digit.
      const pattern = node.pattern?.replace('^[\\w', '^(?U)[\\w');
      return min === undefined && max === undefined && pattern === undefined
        ? 'string'
        : { text: { min, max, pattern } };
    }
    return 'any';
  };
  const addObject = (name, node, javaClass = classOf(name)) => {
    if (objects[name]) return name;
    const shape = { javaClass, properties: {} };
    // Of all bodies only these ignore what they don't know (recorded).
    if (name === 'LineageDetails') shape.open = true;
    objects[name] = shape;
    for (const [property, child] of Object.entries(node.properties)) {
      const inner = innerNames[`${name}.${property}`] ?? pascal(property);
      shape.properties[property] = unread.has(property) ? 'any' : shapeOf(child, inner);
    }
    // A Java field with a default is never null, whatever the schema requires.
    // TagLabel: the server fills in source, labelType and state although the schema requires them (recorded).
    const required = (name === 'TagLabel' ? ['tagFQN'] : (node.required ?? [])).filter(
      (property) => resolved(node.properties[property]).default === undefined,
    );
    if (required.length > 0) shape.required = required;
    return name;
  };
  const resolved = (node) => (node.$ref ? { ...definitions[node.$ref.split('/').at(-1)], ...node } : node);
  const body = addObject(pascal(file), schema, bodies[file]);
  return { body, objects };
}

const result = {};
for (const version of Object.keys(folders).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
  const folder = join(root, folders[version]);
  result[version] = {};
  for (const file of Object.keys(bodies)) {
    const path = join(folder, `${file}.schema.json`);
    let text;
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      continue;
    }
    result[version][file] = compact(file, JSON.parse(text)).objects;
  }
}
// Most versions share most bodies: each distinct one is kept once.
const pool = [];
const positions = new Map();
const versions = {};
for (const [version, files] of Object.entries(result)) {
  versions[version] = {};
  for (const [file, objects] of Object.entries(files)) {
    const text = JSON.stringify(objects);
    if (!positions.has(text)) {
      positions.set(text, pool.length);
      pool.push(objects);
    }
    versions[version][file] = positions.get(text);
  }
}
const target = new URL('../data/openmetadata/request-bodies.json', import.meta.url);
writeFileSync(target, `${JSON.stringify({ versions, pool })}\n`);
console.log(`${pool.length} bodies of ${Object.keys(versions).length} versions`);
