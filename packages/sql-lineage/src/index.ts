export { analyseSql, limits } from './analyse-sql.js';
export { type ColumnFlow, columnsBetween, tableRefKey } from './columns-between.js';
export { isSystemTable } from './system-tables.js';
export type { Marker } from './templates/markers.js';
export { type RenderedTemplates, renderTemplates } from './templates/render.js';
export type {
  AnalyseOptions,
  ColumnEdge,
  ColumnRef,
  Confidence,
  SqlAnalysis,
  SqlDialect,
  SqlStatement,
  StatementKind,
  TableRef,
  TemplateValues,
} from './types.js';
