/** What a value of a request body must be; made of OpenMetadata's own JSON Schemas. */
export type Shape =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'uuid'
  | 'uri'
  | 'date-time'
  | 'any'
  | { text: { min?: number; max?: number; pattern?: string } }
  | { enum: string[]; javaClass: string }
  | { list: Shape }
  /** The name of an object shape of the same body. */
  | { object: string };

export interface ObjectShape {
  javaClass: string;
  properties: Record<string, Shape>;
  required?: string[];
  /** Unknown properties are ignored instead of refused. */
  open?: true;
}

/** The object shapes of one body, by name; the first is the body itself. */
export type BodyShape = Record<string, ObjectShape>;

export type BodyName =
  | 'createPipeline'
  | 'createPipelineService'
  | 'createClassification'
  | 'createTag'
  | 'createIngestionPipeline'
  | 'ingestionPipelineStatus'
  | 'pipeline'
  | 'pipelineStatus'
  | 'addLineage'
  | 'lineageDetails'
  | 'bulkDeleteStaleRequest';

/** The bodies that a version accepts. */
export type RequestShapes = Partial<Record<BodyName, BodyShape>>;

interface Data {
  versions: Record<string, Partial<Record<BodyName, number>>>;
  pool: BodyShape[];
}

/** Reads the shapes of one version, e.g. `1.6`, from the packaged data. */
export async function loadRequestShapes(version: string): Promise<RequestShapes> {
  const file = await import('../../data/openmetadata/request-bodies.json', { with: { type: 'json' } });
  const { versions, pool } = file.default as unknown as Data;
  const shapes: RequestShapes = {};
  for (const [name, position] of Object.entries(versions[version] ?? {})) {
    const shape = pool[position];
    if (shape) shapes[name as BodyName] = shape;
  }
  return shapes;
}
